/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the field "mask" of an edit (node NULL: it is missing); parent is the edit's path. */
#pragma once
#include "json_read.h"
#include "sono_mask.h"

/* mask is empty before; what was read of it stays its own, also on error. */
SonoStatus sono_script_read_mask(const cJSON *node, const SonoJsonPath *parent, SonoMask *mask, SonoError *err);
