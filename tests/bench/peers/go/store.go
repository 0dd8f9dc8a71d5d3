// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed upsert.sql
var upsert string

const (
	makeIncoming = "CREATE TEMPORARY TABLE incoming (LIKE job) ON COMMIT DELETE ROWS"
	copyIncoming = "COPY incoming (" + copyColumns + ") FROM STDIN (FORMAT binary)"
)

// store writes batches on a connection of its own. Not for two goroutines at once.
type store struct {
	connection *pgconn.PgConn
	bytes      []byte
}

func openStore(ctx context.Context, conninfo string) (*store, error) {
	connection, err := pgconn.Connect(ctx, conninfo)
	if err != nil {
		return nil, err
	}
	s := &store{connection: connection}
	if err = s.run(ctx, makeIncoming); err == nil {
		_, err = connection.Prepare(ctx, "upsert", upsert, nil)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *store) close() { _ = s.connection.Close(context.Background()) }

func (s *store) run(ctx context.Context, sql string) error {
	return s.connection.Exec(ctx, sql).Close()
}

// write commits a batch as one transaction.
func (s *store) write(ctx context.Context, b *batch) error {
	b.sort()
	s.bytes = appendCopy(s.bytes[:0], b)
	if err := s.run(ctx, "BEGIN"); err != nil {
		return err
	}
	if _, err := s.connection.CopyFrom(ctx, bytes.NewReader(s.bytes), copyIncoming); err != nil {
		return fmt.Errorf("COPY: %w", err)
	}
	if _, err := s.connection.ExecPrepared(ctx, "upsert", nil, nil, nil).Close(); err != nil {
		return fmt.Errorf("upsert: %w", err)
	}
	return s.run(ctx, "COMMIT")
}
