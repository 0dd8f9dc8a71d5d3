/* SPDX-License-Identifier: Apache-2.0
 *
 * With -DLOST_TAIL PostgreSQL may once lose the last transaction of a gate and all that followed
 * (a failover to a replica that had not seen it; a gate that did not wait for its commit to reach
 * the disk). All connections end. */
#ifdef LOST_TAIL
byte kept_ledger[IDENTITIES];
byte kept_command[2];
byte kept_position;
int kept_unsent;
bool kept, lost;

inline keep_tail()
{
    if
    :: !lost ->
        kept = true;
        kept_ledger[0] = ledger[0];
        kept_ledger[1] = ledger[1];
        kept_ledger[2] = ledger[2];
        kept_command[0] = command[0];
        kept_command[1] = command[1];
        kept_position = position;
        kept_unsent = unsent
    :: else
    fi
}

proctype failover()
{
end_never:
    d_step {
        kept && !lost -> lost = true;
        ledger[0] = kept_ledger[0];
        ledger[1] = kept_ledger[1];
        ledger[2] = kept_ledger[2];
        command[0] = kept_command[0];
        command[1] = kept_command[1];
        position = kept_position;
        unsent = kept_unsent
    }
}

#define gate_connection bool before;
inline connect()
{
    before = lost
}
#define connection_lost (before != lost)
#else
#define gate_connection
#define connect() skip
#define keep_tail() skip
#define connection_lost (false)
#endif
