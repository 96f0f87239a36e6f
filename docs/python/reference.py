#!/usr/bin/env python3
"""Runs a model of this project (models/*) in floats with numpy alone: bits a byte of a text, to within a thousandth of what the exact network gives.

    python3 docs/python/reference.py models/en-fast book.txt [BYTES]

One sequence from the start of the text, no mixing. docs/exactness.md defines the network; what is quantised there at run time is not here.
"""
import json
import re
import struct
import sys

import numpy as np


def read_tensors(path):
    """Tensors of a safetensors file of F32 and I8, by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    types = {"F32": np.float32, "I8": np.int8}
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


class Tokenizer:
    """Byte-level byte-pair encoding: ids 0 to 255 are bytes, 256 starts a sequence, merges follow."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            model = json.load(file)["model"]
        self.vocabulary = model["vocab"]
        self.merges = {tuple(merge.split(" ")): rank for rank, merge in enumerate(model["merges"])}
        by_id = sorted(self.vocabulary, key=self.vocabulary.get)
        self.alphabet = by_id[:256]
        # The rules of Symbols/PreTokenizer.cs on bytes (Latin-1 here), of at most 64 each.
        self.pattern = re.compile(r"[ ']?[A-Za-z\x80-\xff]{1,63}| ?[0-9]{1,3}| ?[^A-Za-z0-9\x80-\xff\t-\r ]{1,63}|[\r\n]{1,64}|[ \t\x0b\x0c]+(?= [^\t-\r ])|[ \t\x0b\x0c]{1,64}")

    def encode(self, data):
        ids = []
        for piece in self.pattern.findall(data.decode("latin-1")):
            parts = [self.alphabet[ord(character)] for character in piece]
            while len(parts) > 1:
                rank, i = min((self.merges.get(pair, 1 << 30), i) for i, pair in enumerate(zip(parts, parts[1:])))
                if rank == 1 << 30:
                    break
                parts[i:i + 2] = [parts[i] + parts[i + 1]]
            ids += [self.vocabulary[part] for part in parts]
        return ids


def bucket(order, current, previous, before, buckets):
    """Row of the table of n-grams; 32-bit arithmetic on arrays."""
    h = (current * np.uint32(0x9E3779B1) + previous * np.uint32(0x85EBCA6B)).astype(np.uint32)
    if order == 3:
        h = (h ^ (h >> 15)) * np.uint32(0x2C1B3C6D) + before * np.uint32(0xC2B2AE35) + np.uint32(0x165667B1)
    h ^= h >> 15
    h *= np.uint32(0x2C1B3C6D)
    h ^= h >> 12
    h *= np.uint32(0x297A2D39)
    return (h ^ (h >> 15)) & np.uint32(buckets - 1)


class Model:
    """The network in float32."""

    def __init__(self, folder):
        with open(f"{folder}/config.json", encoding="utf-8") as file:
            self.config = json.load(file)
        tensors = read_tensors(f"{folder}/model.safetensors")
        self.weights = {name: values.astype(np.float32) * tensors[name + "_scale"][:, None] for name, values in tensors.items() if values.dtype == np.int8}

    def log2(self, ids):
        """[len(ids), V] log2 of the probabilities of each token, given those before it."""
        config, weights = self.config, self.weights
        heads, key_heads, size, window = (config[name] for name in ("num_attention_heads", "num_key_value_heads", "head_dim", "sliding_window"))
        current = np.array([config["bos_token_id"]] + ids[:-1], np.uint32)
        previous = np.concatenate(([np.uint32(256)], current[:-1]))
        before = np.concatenate(([np.uint32(256)], previous[:-1]))
        x = weights["model.embed_tokens.weight"][current]
        if config["ngram_buckets"]:
            for i, order in enumerate((2, 3)):
                x = x + weights[f"model.ngram_embeddings.{i}.weight"][bucket(order, current, previous, before, config["ngram_buckets"])]
        n = len(ids)
        angles = np.outer(np.arange(n), config["rope_theta"] ** (-np.arange(0, size, 2) / size))
        cosines, sines = np.cos(angles)[:, None].astype(np.float32), np.sin(angles)[:, None].astype(np.float32)
        distance = np.arange(n)[:, None] - np.arange(n)[None]
        hidden = (distance < 0) | (distance >= window)

        def norm(y):
            return y / np.sqrt((y * y).mean(-1, keepdims=True))

        def rotate(y):
            low, high = y[..., :size // 2], y[..., size // 2:]
            return np.concatenate([low * cosines - high * sines, high * cosines + low * sines], -1)

        for layer in range(config["num_hidden_layers"]):
            name = f"model.layers.{layer}."
            y = norm(x)
            q = rotate((y @ weights[name + "self_attn.q_proj.weight"].T).reshape(n, heads, size))
            k = rotate((y @ weights[name + "self_attn.k_proj.weight"].T).reshape(n, key_heads, size))
            v = (y @ weights[name + "self_attn.v_proj.weight"].T).reshape(n, key_heads, size)
            attended = np.empty((n, heads, size), np.float32)
            for h in range(heads):
                scores = q[:, h] @ k[:, h * key_heads // heads].T / np.sqrt(size)
                scores[hidden] = -1e30
                e = np.exp(scores - scores.max(-1, keepdims=True))
                attended[:, h] = e @ v[:, h * key_heads // heads] / e.sum(-1, keepdims=True)
            x = x + attended.reshape(n, -1) @ weights[name + "self_attn.o_proj.weight"].T
            up = np.maximum(norm(x) @ weights[name + "mlp.up_proj.weight"].T, 0)
            x = x + (up * up) @ weights[name + "mlp.down_proj.weight"].T
        logits = norm(x) @ weights["lm_head.weight"].T
        logits -= logits.max(-1, keepdims=True)
        return (logits - np.log(np.exp(logits).sum(-1, keepdims=True))) / np.log(2)


def main():
    folder, path = sys.argv[1:3]
    with open(path, "rb") as file:
        data = file.read(int(sys.argv[3]) if len(sys.argv) > 3 else 4000)
    ids = Tokenizer(f"{folder}/tokenizer.json").encode(data)
    bits = -Model(folder).log2(ids)[np.arange(len(ids)), ids].sum()
    print(f"{bits:.2f} bits, {bits / len(data):.5f} bits/byte, {len(ids)} tokens")


if __name__ == "__main__":
    main()
