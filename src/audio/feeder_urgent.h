/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the calling thread one that is run soon after it wakes, as far as the system lets us: commits keep every core
 * busy, and the ring lasts some ten milliseconds. */
#pragma once

void feeder_make_urgent(void);
