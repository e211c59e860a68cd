// Checks a signed checkpoint and the entries below it with the packages of Go's own checksum database. It does no
// cryptography of its own.
//
//	tlog <verifier key> <file of the note> <file of the entries, one in hex per line>
//
// Exit codes: 0 the entries are what was signed, 1 they are not, 2 could not run.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(code int, message interface{}) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(code)
}

func read(path string) string {
	bytes, err := os.ReadFile(path)
	if err != nil {
		fail(2, err)
	}
	return string(bytes)
}

func main() {
	if len(os.Args) != 4 {
		fail(2, "usage: tlog <verifier key> <note> <entries>")
	}
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fail(2, err)
	}
	opened, err := note.Open([]byte(read(os.Args[2])), note.VerifierList(verifier))
	if err != nil {
		fail(1, err)
	}
	lines := strings.Split(opened.Text, "\n")
	var size int64
	var root tlog.Hash
	if _, err := fmt.Sscan(lines[1], &size); err != nil {
		fail(2, err)
	}
	if root, err = tlog.ParseHash(lines[2]); err != nil {
		fail(2, err)
	}
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for n, index := range indexes {
			found[n] = hashes[index]
		}
		return found, nil
	})
	var count int64
	for _, line := range strings.Fields(read(os.Args[3])) {
		entry, err := hex.DecodeString(line)
		if err != nil {
			fail(2, err)
		}
		more, err := tlog.StoredHashes(count, entry, stored)
		if err != nil {
			fail(2, err)
		}
		hashes = append(hashes, more...)
		count++
	}
	if count != size {
		fail(1, fmt.Sprintf("%d entries, but %d were signed", count, size))
	}
	if got, err := tlog.TreeHash(size, stored); err != nil || got != root {
		fail(1, "the entries do not have the root that was signed")
	}
}
