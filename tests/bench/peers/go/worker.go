// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	batchEvents = 25000
	// How long an event waits for others when no more come.
	linger = 100 * time.Millisecond
	// Runs of records that wait for a worker before polling does.
	queuedRuns = 2
)

// filled is a batch that is to be written, and where its partition stands once it is.
type filled struct {
	*batch
	next kgo.EpochOffset
}

// worker has one partition: one goroutine folds a batch while another writes the one before.
type worker struct {
	topic     string
	partition int32
	client    *kgo.Client
	store     *store
	decoder   *decoder
	runs      chan []*kgo.Record
	full      chan filled
	empty     chan *batch
	done      chan struct{}
}

func startWorker(ctx context.Context, set *settings, client *kgo.Client, topic string,
	partition int32) (*worker, error) {
	decoder, err := newDecoder(set.schemas)
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, set.conninfo)
	if err != nil {
		return nil, err
	}
	w := &worker{
		topic: topic, partition: partition, client: client, store: store, decoder: decoder,
		runs: make(chan []*kgo.Record, queuedRuns), full: make(chan filled),
		empty: make(chan *batch, 2), done: make(chan struct{}),
	}
	w.empty <- newBatch()
	w.empty <- newBatch()
	go w.fold()
	go w.write(ctx)
	return w, nil
}

// stop returns when all that the worker was given is written.
func (w *worker) stop() {
	close(w.runs)
	<-w.done
	w.store.close()
}

func (w *worker) fold() {
	defer close(w.full)
	filling := filled{batch: <-w.empty}
	idle := time.NewTimer(linger)
	hand := func() {
		if filling.events > 0 {
			w.full <- filling
			filling = filled{batch: <-w.empty}
		}
	}
	for {
		select {
		case run, open := <-w.runs:
			if !open {
				hand()
				return
			}
			for _, record := range run {
				w.take(&filling, record)
				if filling.events == batchEvents {
					hand()
				}
			}
			idle.Reset(linger)
		case <-idle.C:
			hand()
		}
	}
}

func (w *worker) take(filling *filled, record *kgo.Record) {
	what, event, err := w.decoder.decode(record.Value)
	if err != nil {
		fail(fmt.Errorf("%s-%d@%d: %w", record.Topic, record.Partition, record.Offset, err))
	}
	filling.fold(what, event)
	filling.next = kgo.EpochOffset{Epoch: record.LeaderEpoch, Offset: record.Offset + 1}
	record.Recycle()
}

// write commits rows first, then the offset: what is read again after a crash changes nothing.
func (w *worker) write(ctx context.Context) {
	defer close(w.done)
	for b := range w.full {
		if err := w.store.write(ctx, b.batch); err != nil {
			fail(err)
		}
		w.commit(ctx, b.next)
		fmt.Println(b.events) // how far it is, for whoever measures
		b.empty()
		w.empty <- b.batch
	}
}

func (w *worker) commit(ctx context.Context, next kgo.EpochOffset) {
	offsets := map[string]map[int32]kgo.EpochOffset{w.topic: {w.partition: next}}
	w.client.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest,
		_ *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			fail(err)
		}
	})
}
