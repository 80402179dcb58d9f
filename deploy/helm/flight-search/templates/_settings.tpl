{{- /*
The settings of a component as JSON: those of both services, over them its own. What other objects must know of, such as
ports, is always among them. Takes the root and a component.
*/}}
{{- define "flight-search.settings" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $settings := dict "SHUTDOWN_GRACE_MS" 10000 -}}
{{- if eq $component "gateway" }}
  {{- $settings = merge $settings (dict "APP_PORT" 8080 "METRICS_PORT" 9090) }}
{{- else }}
  {{- $settings = merge $settings (dict "METRICS_PORT" 9091 "MAX_CONCURRENCY" 1000) }}
{{- end }}
{{- $settings = mergeOverwrite $settings (deepCopy ($root.Values.settings | default dict)) (deepCopy ((index $root.Values $component).settings | default dict)) -}}
{{- if eq (toString $settings.APP_PORT) (toString $settings.METRICS_PORT) }}
  {{- fail "gateway.settings: APP_PORT and METRICS_PORT must differ: the operators' port must not be public" }}
{{- end -}}
{{ toJson $settings }}
{{- end }}

{{- /* A setting as text. Helm reads numbers as floats, and would print large ones as 1e+06. */}}
{{- define "flight-search.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{- /* A component's METRICS_PORT. */}}
{{- define "flight-search.operatorsPort" -}}
{{ (include "flight-search.settings" . | fromJson).METRICS_PORT | int64 }}
{{- end }}

{{- /* The gateways' APP_PORT. Takes the root. */}}
{{- define "flight-search.publicPort" -}}
{{ (include "flight-search.settings" (list . "gateway") | fromJson).APP_PORT | int64 }}
{{- end }}

{{- /* The address, checked without repeating it: it may contain a password. Takes the root. */}}
{{- define "flight-search.redisAddress" -}}
{{- $address := .Values.redis.address -}}
{{- if not $address }}
  {{- fail "redis.address is required: host:port, or a redis:// or rediss:// URL" }}
{{- end -}}
{{- if regexMatch ":.*@" (regexReplaceAll "^rediss?://" $address "") }}
  {{- fail "redis.address must not contain a password, which everybody who may read pods would see: put it into a Secret and name that in redis.passwordSecret" }}
{{- end }}
{{- if not (regexMatch "^(rediss?://)?[^\\s/?]+(/[0-9]*)?([?]\\S*)?$" $address) }}
  {{- fail "redis.address must be host:port, or a redis:// or rediss:// URL with user and database" }}
{{- end -}}
{{ $address }}
{{- end }}

{{- /* The port of the address, which may end in a database and options. */}}
{{- define "flight-search.redisPort" -}}
{{- $end := regexFind ":[0-9]+(/[^:]*)?$" .Values.redis.address -}}
{{ regexFind "[0-9]+" $end | default "6379" }}
{{- end }}

{{- /* A component's environment. */}}
{{- define "flight-search.env" -}}
{{- $root := index . 0 -}}
- name: REDIS_ADDR
  value: {{ include "flight-search.redisAddress" $root | quote }}
{{- if $root.Values.redis.passwordSecret.name }}
- name: REDIS_PASSWORD_FILE
  value: /etc/flight-search/redis/password
{{- end }}
{{- if $root.Values.caBundle.configMap }}
- name: SSL_CERT_FILE
  value: /etc/flight-search/ca/ca-certificates.crt
{{- end }}
{{- range $name, $value := include "flight-search.settings" . | fromJson }}
- name: {{ $name }}
  value: {{ include "flight-search.text" $value | quote }}
{{- end }}
{{- end }}

{{- /*
Seconds from a pod's deletion to SIGKILL: longer than the pause before SIGTERM and SHUTDOWN_GRACE_MS together, so that a
service always ends by itself. The five seconds more are for the operators' port, which closes last, and for a slow
kubelet. Takes the root and a component.
*/}}
{{- define "flight-search.terminationGraceSeconds" -}}
{{- $root := index . 0 -}}
{{- $grace := (include "flight-search.settings" . | fromJson).SHUTDOWN_GRACE_MS | int64 -}}
{{- $pause := (index $root.Values (index . 1)).preStopSeconds | default 0 | int64 -}}
{{ add $pause (div (add $grace 999) 1000) 5 }}
{{- end }}
