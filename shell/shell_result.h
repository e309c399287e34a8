/* shell_result.h: runs a SELECT or PRINT and shows its rows as they come. */
#ifndef SHELL_SHELL_RESULT_H
#define SHELL_SHELL_RESULT_H

#include "shell/shell_session.h"

/* statement goes without its ';'. A person's Ctrl-C, the row limit and the timeout end the query
 * and are no failure. */
MUST_USE enum status shell_result_run(struct shell_session *session, struct text statement,
                                      struct diag *diag);

#endif
