package main

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// builtinSchema is what the library calls its own schema, before any kustomization chose another.
var builtinSchema = openapi.GetSchemaVersion()

func init() { http.DefaultTransport = refusing{} }

// refusing is the network of a renderer that has none.
type refusing struct{}

func (refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("remote file %s is refused: vendor it into the repository", request.URL.Redacted())
}

// kustomize builds the kustomization in folder from files alone, with the defaults of the stock command: files are
// loaded from below their own kustomization only, no plugin, function or chart runs, and where the kustomization says
// nothing about it, objects are sorted so that they can be applied in order.
func kustomize(folder string, files []file) ([]placed, error) {
	tree, err := plant(files)
	if err != nil {
		return nil, err
	}
	defer forgetSchema()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	built, err := krusty.MakeKustomizer(options).Run(tree, path.Join("/", folder))
	if err != nil {
		return nil, explained(err)
	}
	objects := make([]placed, 0, built.Size())
	for i, resource := range built.Resources() {
		object, err := resource.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", resource.CurId(), err)
		}
		objects = append(objects, placed{"", i + 1, object})
	}
	return objects, nil
}

// forgetSchema puts the library's schema back after a kustomization that brought its own: the library keeps it in a
// global, where the next one, of somebody else, would be patched by it. Reading it anew costs, so only then.
func forgetSchema() {
	if openapi.GetSchemaVersion() != builtinSchema {
		openapi.ResetOpenAPI()
	}
}

// explained says why kustomize found no git where it wanted to clone a base: there is none, by design.
func explained(err error) error {
	if strings.Contains(err.Error(), "no 'git' program on path") {
		return fmt.Errorf("a remote base is refused: vendor it into the repository: %w", err)
	}
	return err
}
