// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// pools lend the client what it makes of a fetch and what is thrown away soon after.
type pools struct{ raw, records sync.Pool }

func newPools() *pools { return &pools{} }

func (p *pools) GetKRecords(n int) []kmsg.Record { return lend[kmsg.Record](&p.raw, n) }
func (p *pools) PutKRecords(s []kmsg.Record)     { p.raw.Put(&s) }
func (p *pools) GetRecords(n int) []kgo.Record   { return lend[kgo.Record](&p.records, n) }
func (p *pools) PutRecords(s []kgo.Record)       { p.records.Put(&s) }

func lend[T any](from *sync.Pool, n int) []T {
	if kept, _ := from.Get().(*[]T); kept != nil && cap(*kept) >= n {
		return (*kept)[:0]
	}
	return make([]T, 0, n)
}
