/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that a dead process left are offered to the user: in a question for each sound, never two at once. */
#pragma once
#include "application.h"

/* Offer all there are. given: paths that were given to the program (or NULL); a sound that was moved is looked for
 * among them and the recent files, and in their folders. */
void sono_recovery_offer(SonoApplication *app, const char *const *given);
/* Offer those of this sound, which is being opened, whatever was answered before. */
void sono_recovery_offer_for(SonoApplication *app, const char *path);
