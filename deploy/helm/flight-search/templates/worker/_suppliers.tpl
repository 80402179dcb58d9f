{{- /*
The volume source of the suppliers file; nothing if the simulated carriers are used. Also checks that there is one source
only, and that each secret in the file has a value.
*/}}
{{- define "flight-search.suppliers" -}}
{{- $suppliers := .Values.worker.suppliers -}}
{{- if gt (len (compact (list $suppliers.file $suppliers.configMap.name $suppliers.secret.name))) 1 }}
  {{- fail "worker.suppliers: set only one of file, configMap and secret" }}
{{- end -}}
{{- range regexFindAll "\\$\\{[^}]*\\}" (regexReplaceAll "(?m)^\\s*#.*$" $suppliers.file "") -1 }}
  {{- $name := trimSuffix "}" (trimPrefix "${" .) }}
  {{- if not (hasKey $suppliers.secrets $name) }}
    {{- fail (printf "worker.suppliers.file has ${%s}, so worker.suppliers.secrets needs `%s: { name: SECRET, key: KEY }`" $name $name) }}
  {{- end }}
{{- end -}}
{{- if $suppliers.file -}}
configMap:
  name: {{ include "flight-search.component" (list . "worker") }}-suppliers
{{- else if $suppliers.configMap.name -}}
configMap:
  name: {{ $suppliers.configMap.name }}
  items:
    - { key: {{ $suppliers.configMap.key | quote }}, path: suppliers.toml }
{{- else if $suppliers.secret.name -}}
secret:
  secretName: {{ $suppliers.secret.name }}
  items:
    - { key: {{ $suppliers.secret.key | quote }}, path: suppliers.toml }
{{- end }}
{{- end }}
