package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
)

// A request is one mode byte, then fields, each a little-endian 32-bit length and that many bytes. For both modes the
// first field is the folder to build and the rest are pairs of path and content.
const (
	modeKustomize = 'k'
	modePlain     = 'p'
)

type file struct {
	path    string
	content []byte
}

// placed is one rendered object with the place it came from: file (empty for kustomize) and document, counted from 1.
// Its JSON is the array [file, document, object].
type placed struct {
	path     string
	document int
	object   json.RawMessage
}

func (p placed) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{p.path, p.document, p.object})
}

// answer renders one request. A panic of a library is an answer too: the same input would end there again.
func answer(request []byte) (reply []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			reply, err = nil, fmt.Errorf("the renderer panicked: %v", problem)
		}
	}()
	mode, folder, files, err := decode(request)
	if err != nil {
		return nil, err
	}
	var objects []placed
	switch mode {
	case modeKustomize:
		objects, err = kustomize(folder, files)
	case modePlain:
		objects, err = plain(files)
	default:
		err = fmt.Errorf("unknown mode %q", mode)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(objects)
}

func decode(request []byte) (mode byte, folder string, files []file, err error) {
	if len(request) == 0 {
		return 0, "", nil, errors.New("empty request")
	}
	var fields [][]byte
	for rest := request[1:]; len(rest) > 0; {
		if len(rest) < 4 || uint64(len(rest)-4) < uint64(binary.LittleEndian.Uint32(rest)) {
			return 0, "", nil, errors.New("truncated request")
		}
		end := 4 + binary.LittleEndian.Uint32(rest)
		fields = append(fields, rest[4:end])
		rest = rest[end:]
	}
	if len(fields)%2 != 1 {
		return 0, "", nil, errors.New("truncated request")
	}
	for i := 1; i < len(fields); i += 2 {
		files = append(files, file{string(fields[i]), fields[i+1]})
	}
	return request[0], string(fields[0]), files, nil
}

// linkedVersions gives, as a JSON object, the version of the library behind each renderer.
func linkedVersions() []byte {
	versions := map[string]string{"kustomize": "unknown", "yaml": "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			switch module.Path {
			case "sigs.k8s.io/kustomize/api":
				versions["kustomize"] = module.Version
			case "go.yaml.in/yaml/v2":
				versions["yaml"] = module.Version
			}
		}
	}
	text, _ := json.Marshal(versions)
	return text
}
