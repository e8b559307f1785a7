// The oracle: judges CustomResourceDefinitions as a Kubernetes API server does on creation. It reads YAML documents from
// standard input, prints every objection as `<name>: <objection>` and exits 1 when there is one. With the argument
// `policies` it judges requests instead: see policies.go.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

func objections(scheme *runtime.Scheme, document []byte) (name string, found []string) {
	external := &v1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(document, external); err != nil {
		return "document", []string{err.Error()}
	}
	scheme.Default(external)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := scheme.Convert(external, internal, nil); err != nil {
		return external.Name, []string{err.Error()}
	}
	// A server fills the status before it validates.
	for _, version := range internal.Spec.Versions {
		if version.Storage {
			internal.Status.StoredVersions = append(internal.Status.StoredVersions, version.Name)
		}
	}
	for _, err := range validation.ValidateCustomResourceDefinition(context.Background(), internal) {
		found = append(found, err.Error())
	}
	return external.Name, found
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "policies" {
		if err := judgePolicies(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	reader := utilyaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	judged, refused := 0, 0
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		judged++
		name, found := objections(scheme, document)
		for _, objection := range found {
			refused++
			fmt.Printf("%s: %s\n", name, objection)
		}
	}
	if judged == 0 {
		fmt.Println("standard input: no document to judge")
		os.Exit(1)
	}
	if refused > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d judged, no objection\n", judged)
}
