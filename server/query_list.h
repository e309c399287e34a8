/* query_list.h: the open push queries of this server, by id.
 *
 * Thread: any. Locks: the list's own; held while a stream is told to close, so that it is still
 * there. */
#ifndef SERVER_QUERY_LIST_H
#define SERVER_QUERY_LIST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct query_stream;

/* Embedded in a query_stream. */
struct query_link {
    struct query_link *next;
    struct query_link *previous;
    struct query_stream *stream;
};

struct query_list {
    pthread_mutex_t lock;
    struct query_link head; /* a ring */
    size_t count;
};

void query_list_init(struct query_list *list);
void query_list_release(struct query_list *list);

/* False: there are count_max already. */
bool query_list_add(struct query_list *list, struct query_link *link,
                    struct query_stream *stream, size_t count_max);
void query_list_remove(struct query_list *list, struct query_link *link);
size_t query_list_count(struct query_list *list);

/* Calls visit for each with the lock held, until it returns false. */
void query_list_each(struct query_list *list,
                     bool (*visit)(struct query_stream *stream, void *context), void *context);

#endif
