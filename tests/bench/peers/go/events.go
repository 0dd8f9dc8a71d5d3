// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hamba/avro/v2"
)

type kind int

const (
	created kind = iota
	started
	progressed
	succeeded
	failed
	cancelled
)

var recordNames = [...]string{
	created: "JobCreated", started: "JobStarted", progressed: "JobProgressed",
	succeeded: "JobSucceeded", failed: "JobFailed", cancelled: "JobCancelled",
}

// event has the fields of all kinds of events that the row needs; the decoder skips the others. What an
// event's kind does not have is not to be looked at: an earlier event may have left it there.
type event struct {
	OrganizationID string  `avro:"organization_id"`
	JobID          string  `avro:"job_id"`
	Attempt        int32   `avro:"attempt"`
	OccurredAt     int64   `avro:"occurred_at"` // microseconds since 1970
	Message        *string `avro:"message"`
	Type           string  `avro:"type"`
	CreatorID      *string `avro:"creator_id"`
	Cancellable    bool    `avro:"cancellable"`
	Progress       int32   `avro:"progress"`
	ResultURI      *string `avro:"result_uri"`
	ErrorCode      *string `avro:"error_code"`
	ErrorDetail    *string `avro:"error_detail"`
}

// decoder reads values in Avro's single-object framing. Not for two goroutines at once.
type decoder struct {
	kinds   map[uint64]kind
	schemas [len(recordNames)]avro.Schema
	reader  *avro.Reader
	event   event
	// What the pointers of event point to, so that none is allocated for each event.
	message, creatorID, resultURI, errorCode, errorDetail string
}

const headerBytes = 10 // C3 01 and the fingerprint, least byte first

var errNotSingleObject = errors.New("a value is not in Avro's single-object framing")

func newDecoder(folder string) (*decoder, error) {
	d := &decoder{kinds: map[uint64]kind{}, reader: avro.NewReader(nil, 0)}
	for what, name := range recordNames {
		text, err := os.ReadFile(filepath.Join(folder, name+".avsc"))
		if err != nil {
			return nil, err
		}
		if d.schemas[what], err = parse(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fingerprint, err := fingerprintOf(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		d.kinds[fingerprint] = kind(what)
	}
	return d, nil
}

func parse(text []byte) (avro.Schema, error) {
	return avro.ParseBytesWithCache(text, "", &avro.SchemaCache{})
}

var logicalType = regexp.MustCompile(`,\s*"logicalType":\s*"[^"]+"`)

// fingerprintOf is that of Avro's specification, whose canonical form has no logical types; the
// library's has.
func fingerprintOf(text []byte) (uint64, error) {
	schema, err := parse(logicalType.ReplaceAll(text, nil))
	if err != nil {
		return 0, err
	}
	fingerprint, err := schema.FingerprintUsing(avro.CRC64AvroLE)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(fingerprint), nil
}

// decode returns an event that is good until the next call; its texts stay good.
func (d *decoder) decode(value []byte) (kind, *event, error) {
	if len(value) < headerBytes || value[0] != 0xC3 || value[1] != 1 {
		return 0, nil, errNotSingleObject
	}
	what, known := d.kinds[binary.LittleEndian.Uint64(value[2:])]
	if !known {
		return 0, nil, fmt.Errorf("the schema %x is not known", value[2:headerBytes])
	}
	d.event = event{
		Message: &d.message, CreatorID: &d.creatorID, ResultURI: &d.resultURI,
		ErrorCode: &d.errorCode, ErrorDetail: &d.errorDetail,
	}
	d.reader.Reset(value[headerBytes:])
	d.reader.Error = nil
	d.reader.ReadVal(d.schemas[what], &d.event)
	return what, &d.event, d.reader.Error
}
