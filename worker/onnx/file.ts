// ONNX files as protocol buffers. schema.json is onnx.proto of ONNX 1.12 (Apache-2.0, https://github.com/onnx/onnx), read by protobufjs:
//   node -e "const p=require('protobufjs');console.log(JSON.stringify(p.parse(require('fs').readFileSync('onnx.proto','utf8')).root.toJSON(),null,1))"
import Long from 'long';
import { EngineError } from '../api/errors';
import protobuf from 'protobufjs/light';
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
  functions?: { node: NodeProto[] }[];
  trainingInfo?: { initialization?: GraphProto; algorithm?: GraphProto }[];
}

/** onnx.GraphProto */
export interface GraphProto {
  node: NodeProto[];
  initializer: TensorProto[];
  sparseInitializer: SparseTensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  quantizationAnnotation?: { tensorName?: string }[];
}

/** onnx.NodeProto */
export interface NodeProto {
  name?: string;
  opType?: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

/** onnx.AttributeProto; only its parts that refer to tensors and graphs */
export interface AttributeProto {
  name?: string;
  g?: GraphProto;
  graphs?: GraphProto[];
  t?: TensorProto;
  tensors?: TensorProto[];
  sparseTensor?: SparseTensorProto;
  sparseTensors?: SparseTensorProto[];
}

/** onnx.SparseTensorProto */
export interface SparseTensorProto {
  values?: TensorProto;
  indices?: TensorProto;
}

/** onnx.TensorProto, without its values */
export interface TensorProto {
  name?: string;
  dims?: (Long | number)[];
  /** 1: the values are in another file. */
  dataLocation?: number;
  /** Where. */
  externalData?: unknown[];
}

/** onnx.ValueInfoProto: type and shape of a tensor */
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
  const tensors = allTensorsOf(model);
  if (tensors.some(({ dataLocation, externalData = [] }) => dataLocation === 1 || externalData.length > 0)) {
    throw new EngineError(
      { code: 'model-invalid', file },
      `${file} keeps its weights in other files. Save it as one file: onnx.save(model, path, save_as_external_data=False).`,
    );
  }
  for (const { name, dims = [] } of tensors) {
    const size = dims.reduce<number>((product, dim) => product * Number(dim), 1);
    if (dims.every((dim) => Number(dim) >= 0) && size <= Number.MAX_SAFE_INTEGER) continue;
    throw new EngineError(
      { code: 'model-invalid', file },
      `${file} says that ${name ?? 'a tensor'} has the shape (${dims.join(', ')}), which no tensor has. Export or copy it again.`,
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

/** All weights of a model: of its graph, of what is inside its nodes, of its functions and of what it was trained with. */
function allTensorsOf({ graph, functions = [], trainingInfo = [] }: ModelProto): TensorProto[] {
  const graphs = [graph, ...trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm])];
  return [
    ...graphs.flatMap((each) => (each ? tensorsOf(each) : [])),
    ...functions.flatMap(({ node }) => node.flatMap(tensorsInside)),
  ];
}

function tensorsOf({ initializer, sparseInitializer, node }: GraphProto): TensorProto[] {
  return [...initializer, ...sparseInitializer.flatMap(tensorsOfSparse), ...node.flatMap(tensorsInside)];
}

function tensorsInside({ attribute }: NodeProto): TensorProto[] {
  return [
    ...attribute.flatMap(({ t, tensors = [] }) => (t ? [t, ...tensors] : tensors)),
    ...attribute.flatMap(({ sparseTensor, sparseTensors = [] }) =>
      (sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors).flatMap(tensorsOfSparse),
    ),
    ...attribute.flatMap(graphsOf).flatMap(tensorsOf),
  ];
}

function tensorsOfSparse({ values, indices }: SparseTensorProto): TensorProto[] {
  return [values, indices].filter((tensor) => tensor !== undefined && tensor !== null);
}

/** Graphs that a node runs: the branches of an If, the body of a Loop or Scan. */
export function graphsOf({ g, graphs = [] }: AttributeProto): GraphProto[] {
  return g ? [g, ...graphs] : graphs;
}

function notOnnx(file: string, cause?: unknown): EngineError {
  return new EngineError(
    { code: 'model-invalid', file },
    `${file} is not an ONNX model, or not all of it. Export or copy it again.`,
    { cause },
  );
}
