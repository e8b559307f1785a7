// `policies`: judges requests as an API server does that has these ValidatingAdmissionPolicies, and warns of expressions
// that do not fit the definitions. One JSON document in, one out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// Right is one verb on resources of one kind; an empty name or namespace means all.
type Right struct {
	Verb, Group, Resource, Subresource, Namespace, Name string
}

// Request is one write, by one user with exactly these rights.
type Request struct {
	User      string
	Rights    []Right
	Operation admission.Operation
	Resource  string
	Namespace string
	Object    map[string]any
	OldObject map[string]any
}

type Case struct {
	Definitions []apiextensionsv1.CustomResourceDefinition
	Policies    []admissionv1.ValidatingAdmissionPolicy
	Requests    []Request
}

// Verdict has one list of refusals for each request, in order.
type Verdict struct {
	Warnings []string   `json:"warnings"`
	Refusals [][]string `json:"refusals"`
}

func (r Request) Authorize(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	for _, right := range r.Rights {
		if right.Verb == a.GetVerb() && right.Group == a.GetAPIGroup() && right.Resource == a.GetResource() &&
			right.Subresource == a.GetSubresource() &&
			(right.Namespace == "" || right.Namespace == a.GetNamespace()) && (right.Name == "" || right.Name == a.GetName()) {
			return authorizer.DecisionAllow, "", nil
		}
	}
	return authorizer.DecisionNoOpinion, "", nil
}

func compile(policy *admissionv1.ValidatingAdmissionPolicy) (validating.Validator, error) {
	base := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion(), true)
	compiler, err := cel.NewCompositedCompiler(base)
	if err != nil {
		return nil, err
	}
	authorized := cel.OptionalVariableDeclarations{HasAuthorizer: true, StrictCost: true}
	plain := cel.OptionalVariableDeclarations{StrictCost: true}
	const mode = environment.StoredExpressions
	for _, v := range policy.Spec.Variables {
		result := compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, authorized, mode)
		if result.Error != nil {
			return nil, fmt.Errorf("variable %s: %v", v.Name, result.Error)
		}
	}
	var conditions, demands, messages []cel.ExpressionAccessor
	for i := range policy.Spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&policy.Spec.MatchConditions[i]))
	}
	for _, v := range policy.Spec.Validations {
		demands = append(demands, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
		message := &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression}
		if result := compiler.CompileCELExpression(message, plain, mode); result.Error != nil {
			return nil, fmt.Errorf("message %s: %v", v.MessageExpression, result.Error)
		}
		messages = append(messages, message)
	}
	matcher := matchconditions.NewMatcher(compiler.CompileCondition(conditions, authorized, mode), policy.Spec.FailurePolicy, "policy", "validate", policy.Name)
	return validating.NewValidator(
		compiler.CompileCondition(demands, authorized, mode), matcher,
		compiler.CompileCondition(nil, authorized, mode),
		compiler.CompileCondition(messages, plain, mode), policy.Spec.FailurePolicy), nil
}

func (r Request) judge(policy *admissionv1.ValidatingAdmissionPolicy, validator validating.Validator) []string {
	matches := slices.ContainsFunc(policy.Spec.MatchConstraints.ResourceRules, func(rule admissionv1.NamedRuleWithOperations) bool {
		return slices.Contains(rule.Resources, r.Resource) && slices.Contains(rule.Operations, admissionv1.OperationType(r.Operation))
	})
	if !matches {
		return nil
	}
	var object, old runtime.Object
	present := r.OldObject
	if r.Object != nil {
		object, present = &unstructured.Unstructured{Object: r.Object}, r.Object
	}
	if r.OldObject != nil {
		old = &unstructured.Unstructured{Object: r.OldObject}
	}
	one := &unstructured.Unstructured{Object: present}
	kind := one.GroupVersionKind()
	resource := kind.GroupVersion().WithResource(r.Resource)
	attributes := admission.NewAttributesRecord(object, old, kind, r.Namespace, one.GetName(), resource, "", r.Operation, nil, false, &user.DefaultInfo{Name: r.User})
	versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: kind, VersionedObject: object, VersionedOldObject: old}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.Namespace}}
	result := validator.Validate(context.Background(), resource, versioned, nil, namespace, celconfig.RuntimeCELCostBudget, r)
	var refusals []string
	for _, decision := range result.Decisions {
		if decision.Action == validating.ActionDeny {
			refusals = append(refusals, decision.Message)
		}
	}
	return refusals
}

// schemas answers with the schemas of the definitions, as the API server's own resolver does.
type schemas map[schema.GroupVersionKind]*spec.Schema

func (s schemas) ResolveSchema(kind schema.GroupVersionKind) (*spec.Schema, error) {
	if found, ok := s[kind]; ok {
		return found, nil
	}
	return nil, resolver.ErrSchemaNotFound
}

func checker(definitions []apiextensionsv1.CustomResourceDefinition) (*validating.TypeChecker, error) {
	known := schemas{}
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, definition := range definitions {
		for _, version := range definition.Spec.Versions {
			gv := schema.GroupVersion{Group: definition.Spec.Group, Version: version.Name}
			text, err := json.Marshal(version.Schema.OpenAPIV3Schema)
			if err != nil {
				return nil, err
			}
			found := &spec.Schema{}
			if err := json.Unmarshal(text, found); err != nil {
				return nil, err
			}
			known[gv.WithKind(definition.Spec.Names.Kind)] = found
			mapper.AddSpecific(gv.WithKind(definition.Spec.Names.Kind), gv.WithResource(definition.Spec.Names.Plural),
				gv.WithResource(definition.Spec.Names.Singular), meta.RESTScopeNamespace)
		}
	}
	return &validating.TypeChecker{SchemaResolver: known, RestMapper: mapper}, nil
}

func judgePolicies(in io.Reader, out io.Writer) error {
	given := Case{}
	if err := json.NewDecoder(in).Decode(&given); err != nil {
		return err
	}
	types, err := checker(given.Definitions)
	if err != nil {
		return err
	}
	verdict := Verdict{Warnings: []string{}, Refusals: make([][]string, len(given.Requests))}
	for i := range verdict.Refusals {
		verdict.Refusals[i] = []string{}
	}
	for i := range given.Policies {
		policy := &given.Policies[i]
		for _, warning := range types.Check(policy) {
			verdict.Warnings = append(verdict.Warnings, fmt.Sprintf("%s %s: %s", policy.Name, warning.FieldRef, warning.Warning))
		}
		validator, err := compile(policy)
		if err != nil {
			return fmt.Errorf("%s: %w", policy.Name, err)
		}
		for j, request := range given.Requests {
			verdict.Refusals[j] = append(verdict.Refusals[j], request.judge(policy, validator)...)
		}
	}
	return json.NewEncoder(out).Encode(verdict)
}
