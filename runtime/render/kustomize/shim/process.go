//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"syscall"
)

// As a process: requests on standard input, each with its length before it, and one reply to each on standard output: a
// status byte (0 for rendered objects, 1 for the words of a refusal, 2 for versions), the memory held in KiB, the length,
// and that many bytes. Numbers are little-endian and have 32 bits. Versions come first, unasked. The one argument is the
// memory in bytes that it may take.

const (
	statusObjects = iota
	statusRefusal
	statusVersions
)

// What is kept is small, and every render makes garbage: collecting it this much less often (in percent of what is kept)
// takes a fifth off a small render. What is large ends at softMemory all the same, and a process can give memory back.
const garbage = 800

func main() {
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	begin()
	debug.SetGCPercent(garbage)
	output := bufio.NewWriter(os.Stdout)
	send(output, statusVersions, linkedVersions())
	requests := make(chan []byte)
	go receive(requests)
	for request := range requests {
		if objects, err := answer(request); err != nil {
			send(output, statusRefusal, []byte(err.Error()))
		} else {
			send(output, statusObjects, objects)
		}
	}
}

// confine has the kernel refuse this process every further descriptor, so every file, socket and process, and more memory
// than it was told. It leaves no core behind either, which would hold what it was given to render.
func confine() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: %s <bytes of memory>", os.Args[0])
	}
	memory, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		return err
	}
	// Where the machine runs short of memory it is this process that goes, and not the one that asks it.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	for resource, limit := range map[int]uint64{
		syscall.RLIMIT_DATA:   memory,
		syscall.RLIMIT_NOFILE: 0,
		syscall.RLIMIT_CORE:   0,
	} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("limit %d: %w", resource, err)
		}
	}
	return nil
}

// receive passes requests on. It ends the process when nobody is there any more to send them, whatever is being rendered.
func receive(requests chan<- []byte) {
	input := bufio.NewReader(os.Stdin)
	for {
		var length uint32
		if binary.Read(input, binary.LittleEndian, &length) != nil {
			os.Exit(0)
		}
		request := make([]byte, length)
		if _, err := io.ReadFull(input, request); err != nil {
			os.Exit(0)
		}
		requests <- request
	}
}

func send(output *bufio.Writer, status byte, reply []byte) {
	head := binary.LittleEndian.AppendUint32([]byte{status}, uint32(memoryHeld()>>10))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(reply)))
	output.Write(head)
	output.Write(reply)
	if output.Flush() != nil {
		os.Exit(0)
	}
}

// memoryHeld is what the runtime has from the system and has not given back, in bytes.
func memoryHeld() uint64 {
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	return held[0].Value.Uint64() - held[1].Value.Uint64()
}
