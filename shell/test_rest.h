/* test_rest.h: a case that is asked of a server: what it must answer over HTTP.
 *
 * A server is started over the case's engine on a free port of the loopback interface. All
 * statements but those that begin with "SELECT " go to /ksql as one script; the inputs are
 * produced and used by the persistent queries; then each SELECT goes to /query. With
 * "inputConditions": {"waitForActivePushQuery": true} the inputs follow the header of the first
 * query. "responses" lists the answers to all statements in that order; "expectedError" has type,
 * message and status of the answer with which the case must end. Source: ksqlDB's
 * RestTestExecutor. Thread: one at a time. */
#ifndef SHELL_TEST_REST_H
#define SHELL_TEST_REST_H

#include "base/status.h"
#include "shell/test_stage.h"

/* STATUS_OK when the case passes; else stage->diag says why not. stage has been read, and has no
 * engine yet; it gets one. */
MUST_USE enum status test_rest_run(struct test_stage *stage);

#endif
