"""autoencoder.py JOB THREADS: an epoch of Mult-VAE in PyTorch, as autoencoder.lua does it: the same
sizes, layers, batches and steps. As in the reference, a batch is a dense matrix of all items. JOB:
small | large. Prints one JSON object.

Peak memory is the process's; base is what it held before the data (interpreter and libraries).
"""
import json
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

JOBS = {"small": (4038, 3575, 135, 24), "large": (116677, 20108, 70, 16)}
BATCH, HIDDEN, LATENT, KEEP, KL = 500, 600, 200, 0.5, 0.2


def kilobytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))


def histories(users, items, each):
    """The users' items, each once and in order, and where each user's begin."""
    draw = numpy.random.default_rng(1)
    ids = (items ** draw.random((users, each), dtype=numpy.float32)).astype(numpy.int32)
    ids = numpy.minimum(ids, items) - 1
    ids.sort(axis=1)
    first = numpy.ones(ids.shape, dtype=bool)
    first[:, 1:] = ids[:, 1:] != ids[:, :-1]
    offsets = numpy.concatenate([[0], first.sum(axis=1).cumsum()])
    return ids[first], offsets


class Autoencoder(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.encoder, self.code = nn.Linear(items, HIDDEN), nn.Linear(HIDDEN, 2 * LATENT)
        self.decoder, self.scores = nn.Linear(LATENT, HIDDEN), nn.Linear(HIDDEN, items)
        for layer in (self.encoder, self.code, self.decoder, self.scores):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = functional.dropout(functional.normalize(x), 1 - KEEP)
        mean, log_variance = self.code(torch.tanh(self.encoder(x))).split(LATENT, dim=1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return self.scores(torch.tanh(self.decoder(z))), mean, log_variance


def dense(ids, offsets, rows, items):
    matrix = numpy.zeros((len(rows), items), dtype=numpy.float32)
    for i, row in enumerate(rows):
        matrix[i, ids[offsets[row]:offsets[row + 1]]] = 1
    return torch.from_numpy(matrix)


def step(model, optimizer, x):
    scores, mean, log_variance = model(x)
    loss = -(functional.log_softmax(scores, dim=1) * x).sum(dim=1).mean()
    kl = 0.5 * (log_variance.exp() - 1 - log_variance + mean ** 2).sum(dim=1).mean()
    model.zero_grad(set_to_none=True)
    (loss + KL * kl).backward()
    optimizer.step()
    return loss.item()


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    users, items, each, steps = JOBS[name]
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    base = kilobytes("VmHWM")
    ids, offsets = histories(users, items, each)
    model = Autoencoder(items)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)
    order = numpy.random.default_rng(2).permutation(users)
    an_epoch = users // BATCH
    least, total, timed = float("inf"), 0.0, min(8, an_epoch)
    for number in range(steps):
        start = time.perf_counter()
        at = number % an_epoch * BATCH
        loss = step(model, optimizer, dense(ids, offsets, order[at:at + BATCH], items))
        total += time.perf_counter() - start
        if (number + 1) % timed == 0:
            least, total = min(least, total / timed), 0.0
    print(json.dumps({
        "job": name, "users": users, "items": items, "threads": threads, "entries": len(ids),
        "milliseconds_a_step": 1e3 * least, "milliseconds": 1e3 * least * an_epoch, "loss": loss,
        "peer": "PyTorch " + torch.__version__, "peak_kilobytes": kilobytes("VmHWM"),
        "base_kilobytes": base}), flush=True)


main()
