/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declares sono_operation_<name> for every row of operations.def. */
#pragma once
#include "sono_operation.h"

#define SONO_OPERATION(name) extern const SonoOperation sono_operation_##name;
#include "brush/operations.def"
#undef SONO_OPERATION
