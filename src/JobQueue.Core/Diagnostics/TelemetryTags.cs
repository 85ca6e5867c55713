namespace JobQueue.Diagnostics;

/// <summary>Names of the attributes of spans and the tags of metrics. Those of OpenTelemetry's messaging conventions where they have one.</summary>
internal static class TelemetryTags
{
    public const string Scope = "JobQueue";
    public const string System = "messaging.system";
    public const string SystemName = "jobqueue";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string Queue = "messaging.destination.name";
    public const string JobId = "messaging.message.id";
    public const string BatchCount = "messaging.batch.message_count";
    public const string ErrorType = "error.type";
    public const string JobName = "jobqueue.job.name";
    public const string Attempt = "jobqueue.job.attempt";
    public const string Outcome = "jobqueue.job.outcome";
    public const string Priority = "jobqueue.job.priority";
    public const string WorkerId = "jobqueue.worker.id";
    public const string Script = "jobqueue.redis.script";
}
