package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// tree is the file system of one render: the files of the request below "/", and nothing can be written. The library has
// one in memory too, which takes few names and copies every file.
type tree struct {
	files map[string][]byte
	// folders hold the names in them.
	folders map[string]map[string]bool
}

var _ filesys.FileSystem = (*tree)(nil)

var errReadOnly = errors.New("nothing can be written while rendering")

func plant(files []file) (*tree, error) {
	planted := &tree{make(map[string][]byte, len(files)), map[string]map[string]bool{"/": {}}}
	for _, file := range files {
		place := rooted(file.path)
		planted.files[place] = file.content
		for place != "/" {
			folder := path.Dir(place)
			names := planted.folders[folder]
			if names == nil {
				names = map[string]bool{}
				planted.folders[folder] = names
			}
			names[path.Base(place)] = true
			place = folder
		}
	}
	for place := range planted.files {
		if planted.folders[place] != nil {
			return nil, fmt.Errorf("'%s' is a file and a folder", place)
		}
	}
	return planted, nil
}

func rooted(name string) string { return path.Clean("/" + name) }

func (t *tree) IsDir(name string) bool { return t.folders[rooted(name)] != nil }

func (t *tree) Exists(name string) bool {
	_, found := t.files[rooted(name)]
	return found || t.IsDir(name)
}

func (t *tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	place := rooted(name)
	if t.IsDir(place) {
		return filesys.ConfirmedDir(place), "", nil
	}
	if _, found := t.files[place]; !found {
		return "", "", missing(name)
	}
	return filesys.ConfirmedDir(path.Dir(place)), path.Base(place), nil
}

func (t *tree) ReadFile(name string) ([]byte, error) {
	content, found := t.files[rooted(name)]
	if !found {
		return nil, missing(name)
	}
	// Whoever reads a file may change what was read; another one may read it again.
	return append([]byte(nil), content...), nil
}

func (t *tree) ReadDir(name string) ([]string, error) {
	names, found := t.folders[rooted(name)]
	if !found {
		return nil, missing(name)
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	return sorted, nil
}

func (t *tree) Glob(pattern string) ([]string, error) {
	var found []string
	for place := range t.files {
		if matched, err := path.Match(rooted(pattern), place); err != nil {
			return nil, err
		} else if matched {
			found = append(found, place)
		}
	}
	sort.Strings(found)
	return found, nil
}

func (t *tree) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (t *tree) Walk(string, filepath.WalkFunc) error { return errReadOnly }
func (t *tree) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (t *tree) Mkdir(string) error                   { return errReadOnly }
func (t *tree) MkdirAll(string) error                { return errReadOnly }
func (t *tree) RemoveAll(string) error               { return errReadOnly }
func (t *tree) WriteFile(string, []byte) error       { return errReadOnly }

// missing is a file that is not there, in the words of the library.
type missing string

func (name missing) Error() string { return fmt.Sprintf("'%s' doesn't exist", string(name)) }
func (missing) Unwrap() error      { return os.ErrNotExist }
