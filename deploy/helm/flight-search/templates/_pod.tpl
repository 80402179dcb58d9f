{{- /* What the pods of both components have in common. Takes the root and a component. */}}
{{- define "flight-search.podSpec" -}}
{{- $root := index . 0 -}}
{{- $own := index $root.Values (index . 1) -}}
# The services never talk to Kubernetes.
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "flight-search.terminationGraceSeconds" . }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- with $root.Values.runAs.user }}
  runAsUser: {{ int64 . }}
  {{- end }}
  {{- with $root.Values.runAs.group }}
  runAsGroup: {{ int64 . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $root.Values.topologySpread }}
    # Each version is spread by itself, or a rolling update would leave the new pods where the old ones were not.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "flight-search.selector" $ | nindent 8 }}
  {{- end }}
{{- with $own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "flight-search.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- /*
Probes on the operators' port, whose connections clients can't use up: a flood on the public port must not restart a
gateway. A restart does not bring Redis back, so only readiness depends on it.
*/}}
{{- define "flight-search.liveness" -}}
startupProbe:
  httpGet: { path: /health/live, port: operators }
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health/live, port: operators }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{- /* Files that both components read. Takes the root. */}}
{{- define "flight-search.mounts" -}}
{{- if .Values.redis.passwordSecret.name }}
- name: redis-password
  mountPath: /etc/flight-search/redis
  readOnly: true
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: ca-bundle
  mountPath: /etc/flight-search/ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "flight-search.volumes" -}}
{{- with .Values.redis.passwordSecret }}
{{- if .name }}
- name: redis-password
  secret:
    secretName: {{ .name }}
    items:
      - { key: {{ .key | quote }}, path: password }
{{- end }}
{{- end }}
{{- with .Values.caBundle }}
{{- if .configMap }}
- name: ca-bundle
  configMap:
    name: {{ .configMap }}
    items:
      - { key: {{ .key | quote }}, path: ca-certificates.crt }
{{- end }}
{{- end }}
{{- end }}
