namespace JobQueue;

/// <summary>A text is no cron expression. The message names the field, what stands there, and what may.</summary>
public sealed class CronFormatException : FormatException
{
    internal CronFormatException(string errorId, string message)
        : base($"{errorId}: {message}") => ErrorId = errorId;

    /// <summary>Stable id of the error, for example <c>JQ1070</c>.</summary>
    public string ErrorId { get; }
}
