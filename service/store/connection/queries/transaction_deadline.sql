-- SPDX-License-Identifier: Apache-2.0
-- Refuses the COMMIT that follows when the transaction took longer than $1 milliseconds: who reads
-- jobtrail.change relies on it. Tells the time, too.
SELECT jobtrail.require(clock_timestamp() - transaction_timestamp()
                            <= $1::bigint * interval '1 millisecond',
                        'JT003', 'the transaction took longer than it may'),
       clock_timestamp()
