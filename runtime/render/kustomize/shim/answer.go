// Command shim is the renderer of the runtime: kustomize's own library and Kubernetes' reading of YAML. It is built twice
// from these sources: as WebAssembly, which ships inside the package, and for Linux as a process. Nothing here opens a
// file, a socket or a process.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
)

// A request is one mode byte, the little-endian 32-bit number of bytes that the reply may have, then fields, each a length
// like it and that many bytes. For both modes the first field is the folder to build and the rest are pairs of path and
// content.
const (
	modeKustomize = 'k'
	modePlain     = 'p'
)

const (
	// Above this many bytes the runtime collects garbage harder instead of growing: WebAssembly memory never shrinks.
	softMemory = 192 << 20
	// The deepest that 32-bit platforms go, so that every build ends on the same recursion.
	deepestStack = 250_000_000
)

// stamp says which sources this was built from; the linker writes it.
var stamp string

// lastWords stays open: a file that nobody refers to any more would be closed.
var lastWords = os.Stderr

// begin is for both builds to call first.
func begin() {
	debug.SetMemoryLimit(softMemory)
	debug.SetMaxStack(deepestStack)
	// What is said on standard error is what this program died of, and not what the library finds outdated.
	os.Stderr = nil
	log.SetOutput(io.Discard)
}

type file struct {
	path    string
	content []byte
}

// placed is one rendered object, as JSON, with the place it came from: file (empty for kustomize) and document, counted
// from 1.
type placed struct {
	path     string
	document int
	object   []byte
}

// listed writes the array of [file, document, object]. The objects are JSON already: encoding/json would read them again.
func listed(objects []placed) ([]byte, error) {
	list := []byte{'['}
	for i, one := range objects {
		if i > 0 {
			list = append(list, ',')
		}
		path, err := json.Marshal(one.path)
		if err != nil {
			return nil, err
		}
		list = fmt.Appendf(list, "[%s,%d,%s]", path, one.document, one.object)
	}
	return append(list, ']'), nil
}

// answer renders one request. A panic of a library is an answer too: the same input would end there again.
func answer(request []byte) (reply []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			reply, err = nil, fmt.Errorf("the renderer panicked: %v", problem)
		}
	}()
	asked, err := decode(request)
	if err != nil {
		return nil, err
	}
	var objects []placed
	switch asked.mode {
	case modeKustomize:
		objects, err = kustomize(asked.folder, asked.files)
	case modePlain:
		objects, err = plain(asked.files)
	default:
		err = fmt.Errorf("unknown mode %q", asked.mode)
	}
	if err != nil {
		return nil, err
	}
	reply, err = listed(objects)
	if err == nil && len(reply) > asked.limit {
		return nil, fmt.Errorf("the rendered objects take %d bytes; the limit is %d", len(reply), asked.limit)
	}
	return reply, err
}

type job struct {
	mode   byte
	limit  int
	folder string
	files  []file
}

func decode(request []byte) (*job, error) {
	if len(request) < 5 {
		return nil, errors.New("truncated request")
	}
	var fields [][]byte
	for rest := request[5:]; len(rest) > 0; {
		if len(rest) < 4 || uint64(len(rest)-4) < uint64(binary.LittleEndian.Uint32(rest)) {
			return nil, errors.New("truncated request")
		}
		end := 4 + binary.LittleEndian.Uint32(rest)
		fields = append(fields, rest[4:end])
		rest = rest[end:]
	}
	if len(fields)%2 != 1 {
		return nil, errors.New("truncated request")
	}
	asked := &job{mode: request[0], limit: int(binary.LittleEndian.Uint32(request[1:])), folder: string(fields[0])}
	for i := 1; i < len(fields); i += 2 {
		asked.files = append(asked.files, file{string(fields[i]), fields[i+1]})
	}
	return asked, nil
}

// linkedVersions gives, as a JSON object, the version of the library behind each renderer, and the stamp.
func linkedVersions() []byte {
	versions := map[string]string{"kustomize": "unknown", "yaml": "unknown", "shim": stamp}
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
