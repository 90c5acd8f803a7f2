/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel of a parameter table: a row for each. */
#include "sono_panels.h"

#include "param_row.h"

struct _SonoParamPanel {
    GtkWidget parent_instance;
    SonoParamTable table;
    GtkWidget *rows[SONO_MAX_PARAMS];
};

G_DEFINE_FINAL_TYPE(SonoParamPanel, sono_param_panel, GTK_TYPE_WIDGET)

static guint changed_signal;

static void on_row_changed(SonoParamPanel *p, GtkWidget *row)
{
    for (guint i = 0; i < p->table.n; i++) {
        if (p->rows[i] == row) {
            g_signal_emit(p, changed_signal, 0, i);
        }
    }
}

static void remove_rows(SonoParamPanel *p)
{
    for (gsize i = 0; i < p->table.n; i++) {
        gtk_widget_unparent(p->rows[i]);
    }
    p->table = (SonoParamTable){NULL, 0};
}

static void sono_param_panel_dispose(GObject *object)
{
    remove_rows(SONO_PARAM_PANEL(object));
    G_OBJECT_CLASS(sono_param_panel_parent_class)->dispose(object);
}

static void sono_param_panel_class_init(SonoParamPanelClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_param_panel_dispose;
    gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BOX_LAYOUT);
    gtk_widget_class_set_css_name(widget, "params");
    changed_signal = g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void sono_param_panel_init(SonoParamPanel *p)
{
    GtkLayoutManager *layout = gtk_widget_get_layout_manager(GTK_WIDGET(p));
    gtk_orientable_set_orientation(GTK_ORIENTABLE(layout), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *sono_param_panel_new(void)
{
    return g_object_new(SONO_TYPE_PARAM_PANEL, NULL);
}

void sono_param_panel_set(SonoParamPanel *p, SonoParamTable table, const SonoParams *params)
{
    if (p->table.desc != table.desc || p->table.n != table.n) {
        remove_rows(p);
        p->table = table;
        for (gsize i = 0; i < table.n; i++) {
            p->rows[i] = param_row_new(&table.desc[i]);
            g_signal_connect_object(p->rows[i], "changed", G_CALLBACK(on_row_changed), p, G_CONNECT_SWAPPED);
            gtk_widget_set_parent(p->rows[i], GTK_WIDGET(p));
        }
    }
    for (gsize i = 0; i < table.n; i++) {
        param_row_set(PARAM_ROW(p->rows[i]), params->v[i]);
    }
}

SonoParams sono_param_panel_get(SonoParamPanel *p)
{
    SonoParams params = {{0}};
    for (gsize i = 0; i < p->table.n; i++) {
        params.v[i] = param_row_get(PARAM_ROW(p->rows[i]));
    }
    return params;
}
