/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of a document: which of them are new is seen by the revisions of their clips. */
#include "history_model.h"

struct _HistoryModel {
    GObject parent_instance;
    GArray *revisions; /* uint64_t of each state's clip */
};

static void history_model_list_init(GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(HistoryModel, history_model, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, history_model_list_init))

static GType get_item_type(GListModel *list)
{
    return G_TYPE_OBJECT;
}

static guint get_n_items(GListModel *list)
{
    return HISTORY_MODEL(list)->revisions->len;
}

static gpointer get_item(GListModel *list, guint position)
{
    return position < HISTORY_MODEL(list)->revisions->len ? g_object_new(G_TYPE_OBJECT, NULL) : NULL;
}

static void history_model_list_init(GListModelInterface *iface)
{
    iface->get_item_type = get_item_type;
    iface->get_n_items = get_n_items;
    iface->get_item = get_item;
}

static void history_model_finalize(GObject *object)
{
    g_array_unref(HISTORY_MODEL(object)->revisions);
    G_OBJECT_CLASS(history_model_parent_class)->finalize(object);
}

static void history_model_class_init(HistoryModelClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = history_model_finalize;
}

static void history_model_init(HistoryModel *m)
{
    m->revisions = g_array_new(FALSE, FALSE, sizeof(guint64));
}

HistoryModel *history_model_new(void)
{
    return g_object_new(HISTORY_TYPE_MODEL, NULL);
}

void history_model_update(HistoryModel *m, const SonoDocument *doc)
{
    const guint n_before = m->revisions->len;
    const guint n_now = doc ? (guint)sono_document_n_edits(doc) + 1 : 0;
    guint n_same = 0;
    while (n_same < MIN(n_before, n_now) &&
           g_array_index(m->revisions, guint64, n_same) == sono_clip_revision(sono_document_clip_at(doc, n_same))) {
        n_same++;
    }
    g_array_set_size(m->revisions, n_now);
    for (guint i = n_same; i < n_now; i++) {
        g_array_index(m->revisions, guint64, i) = sono_clip_revision(sono_document_clip_at(doc, i));
    }
    if (n_same < n_before || n_same < n_now) {
        g_list_model_items_changed(G_LIST_MODEL(m), n_same, n_before - n_same, n_now - n_same);
    }
}
