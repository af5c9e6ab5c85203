// ONNX files as protocol buffers. schema.json is onnx.proto of ONNX 1.12 (Apache-2.0, https://github.com/onnx/onnx), read by protobufjs:
//   node -e "const p=require('protobufjs');console.log(JSON.stringify(p.parse(require('fs').readFileSync('onnx.proto','utf8')).root.toJSON(),null,1))"
import Long from 'long';
import protobuf from 'protobufjs/light';
import { EngineError } from '../api';
import schema from './schema.json';

// Slices run to 2^63 − 1: as plain numbers those would come back as another.
protobuf.util.Long = Long;
protobuf.configure();
// Newer versions of ONNX have fields that this schema does not know. They are written again as they were.
protobuf.Reader.discardUnknown = false;

const modelType = protobuf.Root.fromJSON(schema).lookupType('onnx.ModelProto');

/** The messages of onnx.proto, as far as they are looked into here; whatever else is in them is kept. */
export interface ModelProto {
  graph?: GraphProto;
  functions?: unknown[];
}

export interface GraphProto {
  node: NodeProto[];
  initializer: TensorProto[];
  sparseInitializer: { values?: TensorProto; indices?: TensorProto }[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  quantizationAnnotation?: { tensorName?: string }[];
}

export interface NodeProto {
  name?: string;
  opType?: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface AttributeProto {
  name?: string;
  g?: GraphProto;
  graphs?: GraphProto[];
  t?: TensorProto;
}

export interface TensorProto {
  name?: string;
  /** 1: the values are in another file. */
  dataLocation?: number;
}

export interface ValueInfoProto {
  name?: string;
  type?: {
    tensorType?: {
      elemType?: number;
      shape?: { dim: { dimValue?: Long | number; dimParam?: string }[] };
    };
  };
}

/** Types of values, as TensorProto numbers them. */
export const elementTypes = { float32: 1, int64: 7, float16: 10 } as const;

/**
 * The values of big tensors are views on `bytes`, not copies.
 * @throws EngineError `model-invalid` when these bytes are no ONNX model
 */
export function decodeOnnx(bytes: Uint8Array, file: string): ModelProto & { graph: GraphProto } {
  let model: ModelProto;
  try {
    // A Buffer, because protobufjs then makes views of what it would copy otherwise.
    model = modelType.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as unknown as ModelProto;
  } catch (error) {
    throw notOnnx(file, error);
  }
  if (!hasGraph(model)) throw notOnnx(file);
  if (tensorsOf(model.graph).some(({ dataLocation }) => dataLocation === 1)) {
    throw new EngineError(
      'model-invalid',
      `${file} keeps its weights in other files. Save it as one file: onnx.save(model, path, save_as_external_data=False).`,
      file,
    );
  }
  return model;
}

/** @param model a plain object or what {@link decodeOnnx} gave */
export function encodeModel(model: object): Uint8Array {
  return modelType.encode(model).finish();
}

function hasGraph(model: ModelProto): model is ModelProto & { graph: GraphProto } {
  return model.graph !== undefined && model.graph !== null && model.graph.node.length > 0;
}

/** All weights, those inside nodes too. */
function tensorsOf({ initializer, sparseInitializer, node }: GraphProto): TensorProto[] {
  const sparse = sparseInitializer.flatMap(({ values, indices }) => [values ?? [], indices ?? []].flat());
  const inside = node.flatMap(({ attribute }) => attribute);
  return [
    ...initializer,
    ...sparse,
    ...inside.flatMap(({ t }) => t ?? []),
    ...inside.flatMap(graphsOf).flatMap(tensorsOf),
  ];
}

/** Graphs that a node runs: the branches of an If, the body of a Loop or Scan. */
export function graphsOf({ g, graphs = [] }: AttributeProto): GraphProto[] {
  return g ? [g, ...graphs] : graphs;
}

function notOnnx(file: string, cause?: unknown): EngineError {
  return new EngineError(
    'model-invalid',
    `${file} is not an ONNX model, or not all of it. Export or copy it again.`,
    file,
    { cause },
  );
}
