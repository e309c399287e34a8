/* stream_list.h: the open streams of this server, so that they can be closed from outside.
 *
 * Thread: any. Locks: the list's own; held while an entry is told to close, so that it is still
 * there. */
#ifndef SERVER_STREAM_LIST_H
#define SERVER_STREAM_LIST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum stream_closing {
    STREAM_OPEN,
    STREAM_CLOSED_BY_CLIENT, /* ends as if it had come to its end */
    STREAM_CLOSED_BY_SERVER, /* ends with an error that says so */
};

/* Embedded in a stream. */
struct stream_entry {
    struct stream_entry *next;
    struct stream_entry *previous;
    struct text query_id; /* empty: only the server closes it */
    /* Notes the reason and wakes the stream; with the list's lock held. */
    void (*close)(struct stream_entry *entry, enum stream_closing reason);
};

struct stream_list {
    pthread_mutex_t lock;
    struct stream_entry head; /* a ring */
    size_t count;
};

void stream_list_init(struct stream_list *list);
/* The list must be empty. */
void stream_list_release(struct stream_list *list);

/* query_id and close of entry are set. */
void stream_list_add(struct stream_list *list, struct stream_entry *entry);
void stream_list_remove(struct stream_list *list, struct stream_entry *entry);
size_t stream_list_count(struct stream_list *list);

/* False: no stream has this id. */
bool stream_list_close_query(struct stream_list *list, struct text query_id);
void stream_list_close_all(struct stream_list *list);

#endif
