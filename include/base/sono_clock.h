/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
/* Seconds on the monotonic clock. Thread: any. */
double sono_now_s(void);
