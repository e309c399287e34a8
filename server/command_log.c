/* command_log.c
 *
 * A jansson object keeps the order of insertion, so the oldest entry is the first. A command
 * that runs again moves to the end, as if it were new.
 */
#include "server/command_log.h"

#include "server/error_code.h"
#include "server/limits.h"

enum status command_log_init(struct command_log *log, struct diag *diag)
{
    pthread_mutex_init(&log->lock, NULL);
    log->statuses = json_object();
    return log->statuses ? STATUS_OK : diag_no_memory(diag);
}

void command_log_release(struct command_log *log)
{
    json_decref(log->statuses);
    pthread_mutex_destroy(&log->lock);
}

void command_log_add(struct command_log *log, const json_t *entity)
{
    const char *id = json_string_value(json_object_get(entity, "commandId"));
    json_t *status = json_object_get(entity, "commandStatus");
    if (!id || !status) {
        return;
    }
    pthread_mutex_lock(&log->lock);
    (void)json_object_del(log->statuses, id);
    if (json_object_size(log->statuses) >= COMMAND_STATUS_COUNT_MAX) {
        const char *oldest = json_object_iter_key(json_object_iter(log->statuses));
        (void)json_object_del(log->statuses, oldest);
    }
    (void)json_object_set_new(log->statuses, id, json_deep_copy(status));
    pthread_mutex_unlock(&log->lock);
}

void command_log_write(struct command_log *log, struct buffer *out)
{
    const char *id = NULL;
    json_t *status = NULL;
    json_t *all = json_object();
    pthread_mutex_lock(&log->lock);
    json_object_foreach(log->statuses, id, status)
    {
        (void)json_object_set(all, id, json_object_get(status, "status"));
    }
    pthread_mutex_unlock(&log->lock);
    json_t *body = json_pack("{s:o}", "commandStatuses", all);
    json_document_write(out, body);
    json_decref(body);
}

bool command_log_write_one(struct command_log *log, struct text command_id, struct buffer *out)
{
    pthread_mutex_lock(&log->lock);
    const json_t *status = json_object_getn(log->statuses, command_id.data, command_id.bytes);
    if (status) {
        json_document_write(out, status);
    }
    pthread_mutex_unlock(&log->lock);
    return status != NULL;
}
