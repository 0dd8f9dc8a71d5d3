// SPDX-License-Identifier: Apache-2.0

// Reads values of one schema by another, with hamba/avro. See schema_changes.py for what comes in and goes out.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/hamba/avro/v2"
)

type question struct {
	Writer, Reader json.RawMessage
	Values         [][]int
}

// Each in a cache of its own: two versions of a schema are called alike.
func parse(text []byte) avro.Schema {
	schema, err := avro.ParseBytesWithCache(text, "", &avro.SchemaCache{})
	if err != nil {
		panic(err)
	}
	return schema
}

func read(writer, reader avro.Schema, value []int) any {
	bytes := make([]byte, len(value))
	for i, each := range value {
		bytes[i] = byte(each)
	}
	schema, err := avro.NewSchemaCompatibility().Resolve(reader, writer)
	record := map[string]any{}
	if err == nil {
		err = avro.Unmarshal(schema, bytes, &record)
	}
	if err != nil {
		return fmt.Sprint("not read: ", err)
	}
	for name, of := range record {
		if moment, is := of.(time.Time); is {
			record[name] = moment.UnixMicro()
		}
	}
	return record
}

func main() {
	var questions []question
	answers := []any{}
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	for _, each := range questions {
		values := []any{}
		for _, value := range each.Values {
			values = append(values, read(parse(each.Writer), parse(each.Reader), value))
		}
		answers = append(answers, map[string]any{"values": values})
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
