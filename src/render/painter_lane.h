/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing one lane of the CPU painter's picture from its levels. */
#pragma once
#include "painter.h"

/* levels[y * width + x] as the wish's edits leave them, row 0 at the top. Errors: NOMEM. */
SonoStatus painter_lane_edit(const PainterWish *wish, const PainterLane *lane, float *levels, SonoError *err);
