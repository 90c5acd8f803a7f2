/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edit behind listening to a selection: a plain erase. */
#pragma once
#include "sono_edit.h"

/* Erase under the mask (copied), all channels (-1) or one, without the solver. The caller clears it. Errors: NOMEM. */
SonoStatus listen_without_edit(const SonoMask *mask, int channel, SonoEdit *out, SonoError *err);
