/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of a document as a GListModel: the original, and one after each edit. Items are only places, what they are
 * called is asked of the document when they are seen: thousands cost nothing. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_document.h"

#define HISTORY_TYPE_MODEL (history_model_get_type())
G_DECLARE_FINAL_TYPE(HistoryModel, history_model, HISTORY, MODEL, GObject)

HistoryModel *history_model_new(void);
/* Follow the document, which must live until the next call. NULL: empty. */
void history_model_update(HistoryModel *model, const SonoDocument *doc);
