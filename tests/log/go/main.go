// Checks what Tallystick's log has made with an implementation that shares no code with it: golang.org/x/mod/sumdb.
//
//	main FOLDER
//
// The folder has log.vkey, witness.vkey, checkpoint (a signed note), tile/… (C2SP tlog-tiles, height 8) and proofs.json.
// Says "accepted: …" and ends with 0, or says what is refused and ends with 1.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// proofs is what proofs.json says; hashes and entries in base64.
type proofs struct {
	Inclusions []struct {
		Index int64
		Entry []byte
		Proof []tlog.Hash
	}
	Consistencies []struct {
		Size  int64
		Root  tlog.Hash
		Proof []tlog.Hash
	}
}

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func check(folder string) error {
	tree, err := openCheckpoint(folder)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := checkTiles(tree, tiles{folder}); err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	hashes := tlog.TileHashReader(tree, tiles{folder})
	var given proofs
	text, err := os.ReadFile(filepath.Join(folder, "proofs.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	for _, p := range given.Inclusions {
		if err := tlog.CheckRecord(p.Proof, tree.N, tree.Hash, p.Index, tlog.RecordHash(p.Entry)); err != nil {
			return fmt.Errorf("inclusion of %d: %w", p.Index, err)
		}
		own, err := tlog.ProveRecord(tree.N, p.Index, hashes)
		if err != nil || fmt.Sprint(own) != fmt.Sprint(tlog.RecordProof(p.Proof)) {
			return fmt.Errorf("inclusion of %d: another proof than Go's, %v", p.Index, err)
		}
	}
	for _, p := range given.Consistencies {
		if err := tlog.CheckTree(p.Proof, tree.N, tree.Hash, p.Size, p.Root); err != nil {
			return fmt.Errorf("consistency with %d: %w", p.Size, err)
		}
	}
	fmt.Printf("accepted: %d entries, %d inclusions, %d consistencies\n",
		tree.N, len(given.Inclusions), len(given.Consistencies))
	return nil
}

// openCheckpoint demands the log's signature and the witness's.
func openCheckpoint(folder string) (tlog.Tree, error) {
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	logKey, err := readLine(folder, "log.vkey")
	if err != nil {
		return tlog.Tree{}, err
	}
	witnessKey, err := readLine(folder, "witness.vkey")
	if err != nil {
		return tlog.Tree{}, err
	}
	logVerifier, err := note.NewVerifier(logKey)
	if err != nil {
		return tlog.Tree{}, err
	}
	witness, err := newWitness(witnessKey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(logVerifier, witness))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != 2 {
		return tlog.Tree{}, fmt.Errorf("%d good signatures instead of two", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != logVerifier.Name() {
		return tlog.Tree{}, fmt.Errorf("origin %s of a log named %s", lines[0], logVerifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkTiles builds the tree anew from the leaves that the tiles of level 0 hold, and compares its root with the
// checkpoint's and every tile with its own. (TileHashReader alone does not look at all of them: in 0.7 it passes over the
// first few when the tree's peaks share a tile.)
func checkTiles(tree tlog.Tree, served tiles) error {
	var stored []tlog.Hash
	own := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, i := range indexes {
			hashes = append(hashes, stored[i])
		}
		return hashes, nil
	})
	all := tilesOf(tree.N)
	for _, tile := range all {
		data, err := served.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return err
		}
		for n := int64(0); tile.L == 0 && n < int64(tile.W); n++ {
			var leaf tlog.Hash
			copy(leaf[:], data[0][n*tlog.HashSize:])
			more, err := tlog.StoredHashesForRecordHash(tile.N<<tileHeight+n, leaf, own)
			if err != nil {
				return err
			}
			stored = append(stored, more...)
		}
	}
	root, err := tlog.TreeHash(tree.N, own)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("another root than the checkpoint's, %v", err)
	}
	for _, tile := range all {
		data, err := served.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return err
		}
		expected, err := tlog.ReadTileData(tile, own)
		if err != nil || !bytes.Equal(data[0], expected) {
			return fmt.Errorf("%s is another, %v", tile.Path(), err)
		}
	}
	return nil
}

// tilesOf names every tile of a tree, as wide as it is, from the leaves up.
func tilesOf(size int64) []tlog.Tile {
	var all []tlog.Tile
	for level := 0; size > 0; level, size = level+1, size>>tileHeight {
		for n := int64(0); n<<tileHeight < size; n++ {
			width := size - n<<tileHeight
			if width > 1<<tileHeight {
				width = 1 << tileHeight
			}
			all = append(all, tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)})
		}
	}
	return all
}

// tiles reads tiles from a folder; C2SP's paths have no height.
type tiles struct{ folder string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// witness verifies C2SP tlog-cosignature v1 by Ed25519, which Go's package leaves to its users.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	hash, err := strconv.ParseUint(id, 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	if len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("not the key of a cosignature v1")
	}
	return witness{name, uint32(hash), key[1:]}, nil
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(w.key, append([]byte(head), text...), signature[8:])
}

func readLine(folder, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, name))
	return strings.TrimSpace(string(text)), err
}
