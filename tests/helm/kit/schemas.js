// Checks objects as the API server would, which also refuses fields that it does not know.

import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1";
import { PrometheusRule, ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const models = new Map(
  [
    ConfigMap,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    NetworkPolicy,
    PodDisruptionBudget,
    PrometheusRule,
    ScaledObject,
    Service,
    ServiceMonitor,
  ].map((model) => [`${model.apiVersion} ${model.kind}`, model]),
);

/** Throws if an object is not valid, or has a field that its schema does not have. */
export function check(object) {
  const model = models.get(`${object.apiVersion} ${object.kind}`);
  if (!model) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  const unread = new Set();
  // Not `new model(object)`, which reads every field of the object to copy it.
  model.prototype.validate.call(watched(object, "", unread));
  if (unread.size > 0) throw new Error(`${object.kind} ${object.metadata.name} has unknown fields: ${[...unread].join(", ")}`);
}

/**
 * The schemas are compiled into functions that ignore unknown fields. But they read every field that they know: what
 * stays in `unread` is unknown. They list the keys of a map and then read all of them.
 */
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const fields = Object.keys(value);
  for (const field of fields) unread.add(`${path}/${field}`);
  const children = new Map();
  return new Proxy(value, {
    get(target, field) {
      if (typeof field === "symbol" || !Object.hasOwn(target, field)) return target[field];
      unread.delete(`${path}/${field}`);
      if (!children.has(field)) children.set(field, watched(target[field], `${path}/${field}`, unread));
      return children.get(field);
    },
  });
}
