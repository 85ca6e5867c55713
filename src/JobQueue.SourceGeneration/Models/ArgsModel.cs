namespace JobQueue.SourceGeneration.Models;

/// <summary>What a job of the handler carries: nothing, a type of the user, or a generated record of the plain parameters.</summary>
/// <param name="Type">The type; null when there are no arguments.</param>
/// <param name="Record">The generated record's name; null when the type is the user's.</param>
/// <param name="Members">The members of the generated record.</param>
internal sealed record ArgsModel(TypeModel? Type, string? Record, EquatableArray<MemberModel> Members)
{
    public static readonly ArgsModel None = new(Type: null, Record: null, Members: default);
}
