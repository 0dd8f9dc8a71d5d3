// SPDX-License-Identifier: Apache-2.0

package main

import "encoding/binary"

// copyColumns is the order in which appendRow writes, by PostgreSQL's binary format of COPY. Written
// by hand, so that no value is handed to a driver as an interface.
const copyColumns = "created_at, started_at, finished_at, updated_at, message_at, attempt, status," +
	" progress, cancellable, job_id, organization_id, type, creator_id, message, error_code," +
	" error_detail, result_uri"

const (
	copyColumnCount = 17
	copyNull        = 0xFFFFFFFF
	// Between 1970 and 2000, from where PostgreSQL counts.
	epochMicroseconds = 946684800 * 1000000
)

var copyHeader = append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)

// appendCopy appends all rows of a sorted batch as one COPY.
func appendCopy(to []byte, b *batch) []byte {
	to = append(to, copyHeader...)
	for _, place := range b.order {
		to = appendRow(to, &b.rows[place])
	}
	return binary.BigEndian.AppendUint16(to, 0xFFFF)
}

func appendRow(to []byte, r *row) []byte {
	to = binary.BigEndian.AppendUint16(to, copyColumnCount)
	to = appendTime(to, r.createdAt)
	to = appendTime(to, r.startedAt)
	to = appendTime(to, r.finishedAt)
	to = appendTime(to, r.updatedAt)
	to = appendTime(to, r.messageAt)
	to = binary.BigEndian.AppendUint32(to, 4)
	to = binary.BigEndian.AppendUint32(to, uint32(r.attempt))
	to = appendInt16(to, r.status, true)
	to = appendInt16(to, r.progress, r.progress != noProgress)
	to = appendBool(to, r.cancellable, r.createdAt != noTime)
	to = appendText(to, text{r.key.jobID, true})
	to = appendText(to, text{r.key.organizationID, true})
	to = appendText(to, r.kind)
	to = appendText(to, r.creatorID)
	to = appendText(to, r.message)
	to = appendText(to, r.errorCode)
	to = appendText(to, r.errorDetail)
	return appendText(to, r.resultURI)
}

func appendTime(to []byte, microseconds int64) []byte {
	if microseconds == noTime {
		return binary.BigEndian.AppendUint32(to, copyNull)
	}
	to = binary.BigEndian.AppendUint32(to, 8)
	return binary.BigEndian.AppendUint64(to, uint64(microseconds-epochMicroseconds))
}

func appendInt16(to []byte, value int16, known bool) []byte {
	if !known {
		return binary.BigEndian.AppendUint32(to, copyNull)
	}
	to = binary.BigEndian.AppendUint32(to, 2)
	return binary.BigEndian.AppendUint16(to, uint16(value))
}

func appendBool(to []byte, value, known bool) []byte {
	if !known {
		return binary.BigEndian.AppendUint32(to, copyNull)
	}
	to = binary.BigEndian.AppendUint32(to, 1)
	if value {
		return append(to, 1)
	}
	return append(to, 0)
}

func appendText(to []byte, value text) []byte {
	if !value.known {
		return binary.BigEndian.AppendUint32(to, copyNull)
	}
	to = binary.BigEndian.AppendUint32(to, uint32(len(value.text)))
	return append(to, value.text...)
}
