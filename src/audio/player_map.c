/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player_map.h"

#include <math.h>

static const PlayerMapPiece *piece_at(const PlayerMap *m, uint64_t i)
{
    return &m->pieces[i % PLAYER_MAP_PIECES];
}

static double place_of(const PlayerMapPiece *p, double ring_frame)
{
    const double at = p->clip_frame + (ring_frame - p->ring_frame) * p->step;
    const double start = (double)p->range.start_frame;
    const double length = (double)p->range.end_frame - start;
    return p->range.loop && length > 0.0 && at >= start + length ? start + fmod(at - start, length) : at;
}

static bool same_range(const SonoPlayRange *a, const SonoPlayRange *b)
{
    return a->loop == b->loop && (!a->loop || (a->start_frame == b->start_frame && a->end_frame == b->end_frame));
}

void player_map_clear(PlayerMap *m)
{
    m->n_kept = 0;
}

void player_map_cut(PlayerMap *m, double ring_frame)
{
    while (m->n_kept > 0 && piece_at(m, m->n_pieces - 1)->ring_frame >= ring_frame) {
        m->n_pieces--;
        m->n_kept--;
    }
}

void player_map_add(PlayerMap *m, const PlayerMapPiece *piece)
{
    if (m->n_kept > 0) {
        PlayerMapPiece *last = &m->pieces[(m->n_pieces - 1) % PLAYER_MAP_PIECES];
        if (last->revision == piece->revision && last->step == piece->step && same_range(&last->range, &piece->range) &&
            fabs(place_of(last, piece->ring_frame) - piece->clip_frame) < 1e-3) {
            return;
        }
        if (last->ring_frame == piece->ring_frame) {
            *last = *piece;
            return;
        }
    }
    m->pieces[m->n_pieces++ % PLAYER_MAP_PIECES] = *piece;
    m->n_kept += m->n_kept < PLAYER_MAP_PIECES;
}

bool player_map_find(const PlayerMap *m, double ring_frame, double *clip_frame, uint64_t *revision)
{
    if (m->n_kept == 0) {
        return false;
    }
    uint64_t low = m->n_pieces - m->n_kept; /* the last piece that begins at or before, else the oldest */
    uint64_t high = m->n_pieces;
    while (high - low > 1) {
        const uint64_t middle = low + (high - low) / 2;
        *(piece_at(m, middle)->ring_frame <= ring_frame ? &low : &high) = middle;
    }
    const PlayerMapPiece *p = piece_at(m, low);
    *clip_frame = place_of(p, ring_frame > p->ring_frame ? ring_frame : p->ring_frame);
    *revision = p->revision;
    return true;
}
