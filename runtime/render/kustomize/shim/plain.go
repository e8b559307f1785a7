package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	yaml "go.yaml.in/yaml/v2"
)

// plain reads manifests as the Kubernetes API machinery does (the same YAML library, the same scalars: 0644 is octal,
// yes is true), but refuses a key that stands twice. Empty documents are left out.
func plain(files []file) ([]placed, error) {
	objects := []placed{}
	for _, file := range files {
		next := yamlDocuments(file.content)
		if strings.HasSuffix(file.path, ".json") {
			next = jsonDocuments(file.content)
		}
		for document := 1; ; document++ {
			value, err := next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil && value == nil {
				continue
			}
			var object []byte
			if err == nil {
				object, err = json.Marshal(value)
			}
			if err != nil {
				return nil, fmt.Errorf("%s, document %d: %w", file.path, document, err)
			}
			objects = append(objects, placed{file.path, document, object})
		}
	}
	return objects, nil
}

func jsonDocuments(content []byte) func() (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	return func() (value any, err error) {
		err = decoder.Decode(&value)
		return value, err
	}
}

func yamlDocuments(content []byte) func() (any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.SetStrict(true)
	return func() (any, error) {
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		return withTextKeys(value)
	}
}

// withTextKeys turns YAML's maps into JSON's: keys that are text stay, numbers and booleans become their text.
func withTextKeys(value any) (any, error) {
	switch value := value.(type) {
	case map[any]any:
		object := make(map[string]any, len(value))
		for key, item := range value {
			text, err := textKey(key)
			if err != nil {
				return nil, err
			}
			if _, twice := object[text]; twice {
				return nil, fmt.Errorf("key %q stands twice", text)
			}
			if object[text], err = withTextKeys(item); err != nil {
				return nil, err
			}
		}
		return object, nil
	case []any:
		for i := range value {
			item, err := withTextKeys(value[i])
			if err != nil {
				return nil, err
			}
			value[i] = item
		}
		return value, nil
	default:
		return value, nil
	}
}

func textKey(key any) (string, error) {
	switch key.(type) {
	case string, bool, int, int64, uint64, float64:
		return fmt.Sprint(key), nil
	default:
		return "", fmt.Errorf("key %v is neither text, number nor boolean", key)
	}
}
