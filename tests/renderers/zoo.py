"""Specs that are hard to draw, each for something of its own."""

SPECS = {
    "split": """\
dims: {seq: any, d: 12}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  parts: {use: Split, in: x, with: {sizes: {left: d / 2, middle: d / 4, right: d / 4}}}
  l:     {use: ReLU, in: parts.left}
  m:     {use: LayerNorm, in: parts.middle}
  y:     {use: Concat, in: [l, m, parts.right]}
""",
    "latent": """\
dims: {seq: any, d: 64, heads: 4, q_rank: 24, kv_rank: 16, nope: 8, rope: 4, v: 8}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  q_down:   {use: Linear, in: x, with: {width: q_rank}}
  q_small:  {use: RMSNorm}
  q_up:     {use: Linear, with: {width: heads * (nope + rope)}}
  q_head:   {use: SplitHeads, with: {heads: heads}}
  q_parts:  {use: Split, with: {sizes: {a: nope, b: rope}}}
  q_rot:    {use: RotaryEncoding, in: q_parts.b}
  q:        {use: Concat, in: [q_parts.a, q_rot]}
  kv_down:  {use: Linear, in: x, with: {width: kv_rank + rope}}
  kv_parts: {use: Split, with: {sizes: {a: kv_rank, b: rope}}}
  latent:   {use: RMSNorm, in: kv_parts.a}
  k_rot:    {use: RotaryEncoding, in: kv_parts.b}
  k_shared: {use: Expand, with: {dim: heads}}
  kv_up:    {use: Linear, in: latent, with: {width: heads * (nope + v)}}
  kv_head:  {use: SplitHeads, with: {heads: heads}}
  k_and_v:  {use: Split, with: {sizes: {a: nope, b: v}}}
  k:        {use: Concat, in: [k_and_v.a, k_shared]}
  mix:      {use: DotProductAttention, in: {q: q, k: k, v: k_and_v.b}, with: {causal: true}}
  merged:   {use: MergeHeads}
  y:        {use: Linear, with: {width: d}}
""",
    "two_sides": """\
dims: {n: any, m: any, d: 32, heads: 4, layers: 3}
inputs: {source: "real[n, d]", hint: "real[n, d]", target: "real[m, d]"}
outputs: {y: "real[m, d]", side: "real[n, d]"}
blocks:
  Layer:
    inputs: {x: "real[m, d]", memory: "real[n, d]", extra: "real[n, d]"}
    outputs: {y: "real[m, d]"}
    nodes:
      self:  {use: MultiHeadAttention, in: x, with: {heads: heads}}
      add_1: {use: Add, in: [x, self]}
      cross: {use: MultiHeadAttention, in: {query: add_1, memory: memory}, with: {heads: heads}}
      add_2: {use: Add, in: [add_1, cross]}
      other: {use: MultiHeadAttention, in: {query: add_2, memory: extra}, with: {heads: heads}}
      y:     {use: Add, in: [add_2, other]}
nodes:
  encoder: {use: EncoderLayer, in: source, repeat: layers, with: {heads: heads}}
  side:    {use: LayerNorm, in: hint}
  decoder: {use: Layer, in: {x: target, memory: encoder, extra: side}, repeat: layers}
  y:       {use: LayerNorm, in: decoder}
""",
    "varied": """\
dims: {seq: any, d: 32, heads: 4, layers: 7}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]", third: "real[seq, d]"}
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    settings: {window: size or none}
    nodes:
      norm: {use: RMSNorm, in: x}
      attn: {use: MultiHeadAttention, with: {heads: heads, causal: true, window: window}}
      y:    {use: Add, in: [x, attn]}
nodes:
  stack: {use: Layer, repeat: layers, vary: {window: [16, 16, none]}}
  same:  {use: FeedForward, in: stack, repeat: 4, share: true, with: {hidden: 2 * d}}
  empty: {use: FeedForward, repeat: 0, with: {hidden: 2 * d}}
  plain: {use: LayerNorm, repeat: 5}
  y:     {use: Add, in: [plain, x]}
  third: {use: LayerNorm, in: stack.2}
""",
    "early": """\
dims: {seq: any, d: 32, heads: 4, layers: 3}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Block:
    inputs: {x: "real[seq, d]", first: "real[seq, d]"}
    outputs: {y: "real[seq, d]", inner: "real[seq, d]"}
    nodes:
      norm:  {use: LayerNorm, in: x}
      inner: {use: FeedForward, with: {hidden: 2 * d}}
      add:   {use: Add, in: [inner, first]}
      y:     {use: Add, in: [x, add]}
nodes:
  start: {use: Linear, in: x, with: {width: d}}
  mid:   {use: LayerNorm}
  stack: {use: Block, in: {x: mid, first: start}, repeat: layers}
  one:   {use: Block, in: {x: stack, first: stack.2.inner}}
  join:  {use: Concat, in: [one, one.inner, start]}
  y:     {use: Linear, with: {width: d}}
""",
    "ladder": """\
dims: {d: 8}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
blocks:
  Side:
    inputs: {a: "real[d]", b: "real[d]", c: "real[d]"}
    outputs: {y: "real[d]"}
    nodes:
      f: {use: Linear, in: a, with: {width: d}}
      g: {use: Add, in: [f, b]}
      h: {use: Multiply, in: [g, c, b]}
      y: {use: Add, in: [h, a]}
nodes:
  d1: {use: Linear, in: x, with: {width: d}, label: Down}
  d2: {use: Linear, with: {width: d}, label: Down}
  d3: {use: Linear, with: {width: d}, label: Down}
  mid: {use: ReLU}
  u3: {use: Side, in: {a: mid, b: d3, c: d1}}
  u2: {use: Side, in: {a: u3, b: d2, c: mid}}
  u1: {use: Side, in: {a: u2, b: d1, c: x}}
  y:  {use: Multiply, in: [u1, u1]}
""",
    "follows": """\
dims: {seq: any, d: 32, heads: 4}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  stack: {use: MultiHeadAttention, in: x, repeat: 3, with: {heads: heads}}
  y:     {use: AddNorm, in: {x: x, branch: stack}}
""",
    "twice": """\
dims: {d: 8}
inputs: {i: "real[d]", j: "real[d]", k: "real[d]"}
outputs: {one: "real[d]", two: "real[d]"}
nodes:
  n:   {use: Add, in: [k, j]}
  one: {use: Add, in: [i, j]}
  two: {use: Add, in: [n, n]}
""",
    "constant": """\
dims: {seq: any, d: 16, count: 10}
inputs: {tokens: "index<count>[seq]"}
outputs: {scores: "real[2]", weight: "real[d]"}
nodes:
  tok:    {use: Embedding, in: tokens, with: {count: count, width: d}, label: A long label of a box}
  pos:    {use: PositionalEmbedding, in: tokens, with: {count: 100, width: d}}
  place:  {use: SinusoidalEncoding, in: tokens, with: {width: d}}
  sum:    {use: Add, in: [tok, pos, place]}
  mean:   {use: MeanPool}
  weight: {use: Array, with: {dims: [d]}}
  both:   {use: Multiply, in: [mean, weight]}
  scores: {use: Linear, with: {width: 2}}
""",
    "one copy and the last of one stack": """\
dims: {seq: any, d: 4, vocab: 5}
inputs: {x: "real[seq, d]", tokens: "index<vocab>[seq]"}
outputs: {o1: {type: "real[d * seq]", from: n3}}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  norm: {use: LayerNorm}
  lin: {use: Linear, with: {width: d}}
  n1: {use: RMSNorm, in: x, tie: {scale: norm.scale}}
  n2: {use: ReLU, in: x, repeat: 1, share: true}
  n3: {use: Flatten, in: n1}
  n4: {use: LayerNorm, in: lin, repeat: 2, with: {eps: 1e-3}, tie: {scale: norm.scale}}
  n5: {use: AddNorm, in: {x: tok, branch: n2.0}}
  n6: {use: DecoderLayer, in: {x: n4, memory: n4.0}, with: {heads: 2, hidden: d}}
""",
    "experts": """\
dims: {seq: any, d: 16, hidden: 40, experts: 8, active: 2}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Mixture:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      scores: {use: Linear, in: x, with: {width: experts, bias: false}}
      likely: {use: Softmax}
      choice: {use: ChooseTop, with: {active: active}}
      routed: {use: GatedFeedForward, in: x, with: {hidden: hidden}, parallel: experts,
               weigh: choice}
      always: {use: GatedFeedForward, in: x, with: {hidden: hidden}}
      y:      {use: Add, in: [routed, always]}
nodes:
  norm: {use: LayerNorm, in: x}
  stack: {use: Mixture, repeat: 2}
  y: {use: Add, in: [x, stack]}
""",
    "an ensemble": """\
dims: {features: 6, hidden: 5, classes: 3, members: 4}
inputs: {features: "real[features]"}
outputs: {scores: "real[classes]"}
blocks:
  Member:
    inputs: {x: "real[features]"}
    outputs: {y: "real[classes]"}
    nodes:
      up: {use: Linear, in: x, with: {width: hidden}}
      act: {use: Tanh}
      y: {use: Linear, with: {width: classes}}
nodes:
  member: {use: Member, in: features, parallel: members}
  votes: {use: Softmax}
  scores: {use: MeanPool}
""",
    "weighed from afar": """\
dims: {seq: any, mem: any, d: 8, n: 3}
inputs: {x: "real[seq, d]", memory: "real[mem, d]", w: "real[seq, n]"}
outputs: {y: "real[seq, d]"}
blocks:
  Reader:
    inputs: {x: "real[seq, d]", memory: "real[mem, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      attn: {use: MultiHeadAttention, in: {query: x, memory: memory}, with: {heads: 2}}
      y: {use: Add, in: [x, attn]}
nodes:
  norm: {use: LayerNorm, in: x}
  first: {use: Reader, in: {x: norm, memory: memory}, parallel: n, weigh: w}
  second: {use: Reader, in: {x: first, memory: memory}, parallel: n, weigh: w}
  y: {use: Linear, with: {width: d}, parallel: n, weigh: w}
""",
    "side by side twice": """\
dims: {seq: any, d: 8, n: 3, m: 2}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[n, seq, d]"}
blocks:
  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      score: {use: Linear, in: x, with: {width: m}}
      y: {use: FeedForward, in: x, with: {hidden: 9}, parallel: m, weigh: score}
nodes:
  sums: {use: Add, in: [x, x], parallel: n}
  heads: {use: ReLU}
  y: {use: Inner, in: x, parallel: n}
  unread: {use: Multiply, in: [heads, y]}
""",
    "weighed by what they read": """\
dims: {seq: any, d: 3}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  y: {use: FeedForward, in: x, with: {hidden: 9}, parallel: d, weigh: x}
""",
}
