/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least recently used texture goes first. */
#include "mask_textures.h"

#include "sono_mem.h"

void mask_textures_clear(MaskTextures *textures)
{
    for (int i = 0; i < MASK_TEXTURES; i++) {
        glDeleteTextures(1, &textures->items[i].texture);
    }
    *textures = (MaskTextures){0};
}

static void bind_new_image(MaskTexture *t)
{
    glActiveTexture(GL_TEXTURE0 + UNIT_MASK);
    if (t->texture) {
        glBindTexture(GL_TEXTURE_2D, t->texture);
        return;
    }
    glGenTextures(1, &t->texture);
    glBindTexture(GL_TEXTURE_2D, t->texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

static SonoStatus fill(MaskTexture *t, const SonoMask *mask, const SonoRenderView *view, SonoError *err)
{
    const int n_columns = t->box.x1 - t->box.x0;
    const int n_rows = t->box.y1 - t->box.y0;
    float *weights = NULL;
    SonoStatus status = mask_pixels_render(mask, view, t->box, t->kind == MASK_MARKS, &weights, err);
    if (status != SONO_OK) {
        return status;
    }
    if (t->kind == MASK_WEIGHTS) {
        bind_new_image(t);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, n_rows, n_columns, 0, GL_RED, GL_FLOAT, weights);
    } else {
        uint8_t *codes = sono_alloc_aligned((size_t)n_columns, (size_t)n_rows);
        if (codes) {
            t->empty = !mask_pixels_marks(weights, n_columns, n_rows, codes);
            bind_new_image(t);
            glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
            glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, n_rows, n_columns, 0, GL_RED, GL_UNSIGNED_BYTE, codes);
            glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        } else {
            status = sono_fail(err, SONO_E_NOMEM, "no memory for an outline of %d x %d pixels", n_columns, n_rows);
        }
        sono_free(codes);
    }
    sono_free(weights);
    return status;
}

SonoStatus mask_textures_get(MaskTextures *textures, MaskKind kind, const SonoMask *mask, const SonoRenderView *view,
                             const MaskTexture **out, SonoError *err)
{
    const uint64_t hash = mask_pixels_hash(mask, view);
    MaskTexture *oldest = &textures->items[0];
    textures->clock++;
    for (int i = 0; i < MASK_TEXTURES; i++) {
        MaskTexture *t = &textures->items[i];
        if (t->used_at > 0 && t->hash == hash && t->kind == kind) {
            t->used_at = textures->clock;
            *out = t;
            return SONO_OK;
        }
        oldest = t->used_at < oldest->used_at ? t : oldest;
    }
    MaskTexture made = {.texture = oldest->texture,
                        .box = mask_pixels_box(mask, view),
                        .empty = true,
                        .kind = kind,
                        .hash = hash,
                        .used_at = textures->clock};
    SonoStatus status = SONO_OK;
    if (made.box.x1 > made.box.x0) {
        status = fill(&made, mask, view, err);
    }
    made.used_at = status == SONO_OK ? made.used_at : 0;
    *oldest = made;
    *out = oldest;
    return status;
}
