//go:build wasip1

package main

import "unsafe"

// As a WebAssembly reactor: the host writes a request into memory it asked for with allocate, calls render, and reads the
// reply.

var input, output []byte

func init() { begin() }

func main() {}

// allocate gives the host room for a request of size bytes.
//
//go:wasmexport allocate
func allocate(size uint32) uint32 {
	input = make([]byte, size)
	return address(input)
}

// render answers the request in the allocated room: 0 when the reply is the rendered objects, 1 when it is the words of
// the refusal.
//
//go:wasmexport render
func render() uint32 {
	objects, err := answer(input)
	input = nil
	if err != nil {
		output = []byte(err.Error())
		return 1
	}
	output = objects
	return 0
}

// replyAddress and replySize say where the last reply stands. It stays until the next render.
//
//go:wasmexport replyAddress
func replyAddress() uint32 { return address(output) }

//go:wasmexport replySize
func replySize() uint32 { return uint32(len(output)) }

// versions leaves the versions of the linked libraries as a reply.
//
//go:wasmexport versions
func versions() { output = linkedVersions() }

func address(bytes []byte) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes))))
}
