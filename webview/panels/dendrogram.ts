// The upper part of a dendrogram as it is drawn: clusters that are cut off below become single leaves.
import type { buildTree } from '../../worker/clustering/tree';

type Tree = ReturnType<typeof buildTree>;

export interface DendrogramNode {
  height: number;
  /** Number of images. */
  size: number;
  /** Index of one of its images. */
  leaf: number;
  /** Leaves of the drawing that it spans: [start, end). */
  start: number;
  end: number;
  /** Where its line is, on the same scale. */
  middle: number;
  /** Left and right, or none. */
  children: DendrogramNode[];
}

/** @param leafCount most leaves of the drawing; the tree has at least as many images */
export function dendrogramShape(tree: Tree, leafCount: number): DendrogramNode {
  const open = new Set<Tree>(tree.isLeaf ? [] : [tree]);
  const undone = new Set<Tree>();
  while (undone.size < leafCount - 1 && open.size > 0) {
    const next = [...open].reduce((a, b) => (b.height > a.height ? b : a));
    open.delete(next);
    undone.add(next);
    for (const child of next.children) if (!child.isLeaf) open.add(child);
  }
  let position = 0;
  const shape = (node: Tree): DendrogramNode => {
    if (!undone.has(node)) {
      const start = position++;
      return { height: 0, size: node.size, leaf: firstLeaf(node), start, end: position, middle: start, children: [] };
    }
    const children = node.children.map(shape);
    const [left, right] = [children[0]!, children[children.length - 1]!];
    const middle = (left.middle + right.middle) / 2;
    const [start, end] = [left.start, right.end];
    return { height: node.height, size: node.size, leaf: left.leaf, start, end, middle, children };
  };
  return shape(tree);
}

function firstLeaf(node: Tree): number {
  let at = node;
  while (!at.isLeaf) at = at.children[0]!;
  return at.index;
}
