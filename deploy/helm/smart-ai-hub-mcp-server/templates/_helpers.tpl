{{- define "mcp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "mcp.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "mcp.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "mcp.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What never changes of a release: selectors. */}}
{{- define "mcp.selector" -}}
app.kubernetes.io/name: {{ include "mcp.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mcp.labels" -}}
{{ include "mcp.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{- end -}}

{{- define "mcp.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "mcp.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "mcp.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end -}}

{{/* After the load balancers know, DRAIN_MS for the answers, and 25 s to end queues, connections and what is left. */}}
{{- define "mcp.graceSeconds" -}}
{{- add (.Values.preStopSeconds | int) (div (add (.Values.drainMs | int) 999) 1000) 25 -}}
{{- end -}}

{{/* No load balancer sends it anything. DRAIN_MS for answers in the background; 65 s for orders of videos, which a provider may take 60 s to answer; 25 s as above. */}}
{{- define "mcp.workerGraceSeconds" -}}
{{- add (div (add (.Values.drainMs | int) 999) 1000) 65 25 -}}
{{- end -}}

{{/* The variables of a ConfigMap: `name: value` lines. */}}
{{- define "mcp.environment" -}}
HOST: 0.0.0.0
PORT: '3003'
METRICS_PORT: '9464'
DATA_DIR: /data
DRAIN_MS: {{ .Values.drainMs | int | quote }}
{{- if .Values.gatewayConfig }}
GATEWAY_CONFIG: /etc/mcp/gateway.yaml
{{- end }}
{{- range $name, $value := .Values.environment }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{/* envFrom of a container. Argument: [root, name of the ConfigMap]. */}}
{{- define "mcp.envFrom" -}}
- configMapRef:
    name: {{ index . 1 }}
{{- range (index . 0).Values.secretNames }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- end -}}

{{/* Volumes of a pod. Argument: [root, name of the ConfigMap of the configuration]. */}}
{{- define "mcp.volumes" -}}
{{- $root := index . 0 -}}
- name: tmp
  emptyDir: {}
- name: data
  emptyDir: {}
{{- if $root.Values.gatewayConfig }}
- name: configuration
  configMap:
    name: {{ index . 1 }}
{{- end }}
{{- if $root.Values.media.volume.enabled }}
- name: media
  persistentVolumeClaim:
    claimName: {{ $root.Values.media.volume.existingClaim | default (printf "%s-media" (include "mcp.fullname" $root)) }}
{{- end }}
{{- end -}}

{{- define "mcp.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /data
{{- if .Values.gatewayConfig }}
- name: configuration
  mountPath: /etc/mcp
  readOnly: true
{{- end }}
{{- if .Values.media.volume.enabled }}
- name: media
  mountPath: /data/media
{{- end }}
{{- end -}}

{{/* What every pod's spec begins with. */}}
{{- define "mcp.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Spread over hosts, as far as there are any. Argument: [root, component]. */}}
{{- define "mcp.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "mcp.selector" (index . 0) | nindent 6 }}
      app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}
