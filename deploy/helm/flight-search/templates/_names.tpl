{{- /* The release's name, short enough for the longest suffix in the 63 characters of a label. */}}
{{- define "flight-search.name" -}}
{{- $name := ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) -}}
{{- $name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- /* The name of a component's objects. Takes a list of the root and "gateway" or "worker". */}}
{{- define "flight-search.component" -}}
{{- $root := index . 0 -}}
{{ include "flight-search.name" $root }}-{{ index . 1 }}
{{- end }}

{{- /* What never changes: by this, objects find their pods. Takes the root and a component. */}}
{{- define "flight-search.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /* Takes the root and a component. */}}
{{- define "flight-search.labels" -}}
{{- $root := index . 0 -}}
{{ include "flight-search.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Takes the root and a component. */}}
{{- define "flight-search.image" -}}
{{- $root := index . 0 -}}
{{- $common := $root.Values.image -}}
{{- $own := (index $root.Values (index . 1)).image -}}
{{- if not $common.registry }}
  {{- fail "image.registry is required: build the images and push them as docs/releasing.md says, then set it to your registry" }}
{{- end -}}
{{- $tag := $own.tag | default $common.tag | default $root.Chart.AppVersion -}}
{{- if eq $tag "latest" }}
  {{- fail "image.tag must be a version, not latest: pods of one Deployment could differ, and nothing could be rolled back" }}
{{- end -}}
{{ $common.registry }}/{{ $own.repository }}{{ if $own.digest }}@{{ $own.digest }}{{ else }}:{{ $tag }}{{ end }}
{{- end }}
