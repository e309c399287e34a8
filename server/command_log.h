/* command_log.h: what became of the statements that changed something, for GET /status.
 *
 * ksqlDB keeps this by replaying its command topic. Here statements are done when they are
 * answered, so the log is a memory of answers: the newest COMMAND_STATUS_COUNT_MAX since the
 * server started. Thread: any. */
#ifndef SERVER_COMMAND_LOG_H
#define SERVER_COMMAND_LOG_H

#include <jansson.h>
#include <pthread.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

struct command_log {
    pthread_mutex_t lock;
    json_t *statuses; /* command id to {"status","message","queryId"}, oldest first */
};

MUST_USE enum status command_log_init(struct command_log *log, struct diag *diag);
void command_log_release(struct command_log *log);

/* Remembers entity (borrowed) if it is a currentStatus. Forgets it where memory is out. */
void command_log_add(struct command_log *log, const json_t *entity);

/* {"commandStatuses":{"stream/`X`/create":"SUCCESS",..}} */
void command_log_write(struct command_log *log, struct buffer *out);
/* {"status":..,"message":..,"queryId":..}; false: the command is not known. */
bool command_log_write_one(struct command_log *log, struct text command_id, struct buffer *out);

#endif
