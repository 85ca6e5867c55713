namespace JobQueue.SourceGeneration.Models;

/// <summary>A JSON value that System.Text.Json has a converter for, so that no host needs to list it in its context.</summary>
/// <param name="Type">Its type, as <c>typeof</c> takes it.</param>
/// <param name="Converter">The expression that gives the converter; <c>options</c> is in scope.</param>
internal sealed record ValueTypeModel(string Type, string Converter);
