/* test_ddl.h: the column list of a CREATE statement in one spelling, to compare two of them.
 *
 * "id INT PRIMARY KEY, v DECIMAL(4,2)" and "`ID` INTEGER KEY, `V` DECIMAL(4, 2)" are the same
 * columns: names without quotes are in capitals, some types have two names, and PRIMARY says
 * nothing that the kind of the source does not. Thread: any. */
#ifndef SHELL_TEST_DDL_H
#define SHELL_TEST_DDL_H

#include "base/buffer.h"
#include "base/text.h"

/* Appends columns to out in the one spelling. Any text is taken: what is no column list gives
 * something that equals no column list. */
void test_ddl_normalize(struct text columns, struct buffer *out);

#endif
