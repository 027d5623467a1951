// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICheckpointAnchor} from "./ICheckpointAnchor.sol";
import {Rfc9162} from "./Rfc9162.sol";

/// @title The contract of ICheckpointAnchor.
/// @dev Not upgradeable, and nobody owns it: the witnesses' signatures are all that moves it.
contract CheckpointAnchor is ICheckpointAnchor, EIP712 {
    using Rfc9162 for bytes32[];

    bytes32 private constant CHECKPOINT_TYPE = keccak256("Checkpoint(string origin,uint64 size,bytes32 root)");
    bytes32 private constant WITNESS_CHANGE_TYPE =
        keccak256("WitnessChange(string origin,uint64 number,address[] witnesses,uint64 quorum)");
    uint256 private constant WITNESS_COUNT_MAX = 64;
    uint64 private constant CHANGE_DELAY_MIN = 1 days;
    uint64 private constant CHANGE_DELAY_MAX = 90 days;

    /// @dev One slot, read and written as a whole.
    struct State {
        uint64 latestSize;
        uint64 setNumber;
        uint64 quorum;
        bool frozen;
    }

    struct Proposal {
        uint64 number;
        uint64 quorum;
        uint64 effectiveFrom;
        address[] witnesses;
    }

    /// @inheritdoc ICheckpointAnchor
    /// @dev In storage at keccak256(size ‖ 2), which is what `eth_getProof` is asked for.
    mapping(uint64 size => bytes32 root) public rootAt;
    State private _state;
    /// @dev The number of the last set that had this witness; in force if it is that of the set in force.
    mapping(address witness => uint64 setNumber) private _setOf;
    address[] private _witnesses;
    Proposal private _proposal;
    /// @inheritdoc ICheckpointAnchor
    uint64 public lastNumber = 1;
    /// @inheritdoc ICheckpointAnchor
    string public origin;

    bytes32 private immutable ORIGIN_HASH;
    /// @inheritdoc ICheckpointAnchor
    uint64 public immutable changeDelay;

    /// @param origin_ The first line of the log's checkpoints.
    /// @param witnesses In ascending order.
    /// @param quorum How many of them must sign.
    /// @param changeDelay_ How long another set waits, in seconds; 1 to 90 days.
    constructor(string memory origin_, address[] memory witnesses, uint64 quorum, uint64 changeDelay_)
        EIP712("Tallystick CheckpointAnchor", "1")
    {
        if (bytes(origin_).length == 0) revert CheckpointAnchorOriginEmpty();
        if (changeDelay_ < CHANGE_DELAY_MIN) revert CheckpointAnchorDelayTooShort();
        if (changeDelay_ > CHANGE_DELAY_MAX) revert CheckpointAnchorDelayTooLong();
        origin = origin_;
        ORIGIN_HASH = keccak256(bytes(origin_));
        changeDelay = changeDelay_;
        _requireWitnessSet(witnesses, quorum);
        _putInForce(1, witnesses, quorum);
    }

    /// @inheritdoc ICheckpointAnchor
    function anchor(uint64 size, bytes32 root, bytes32[] calldata proof, Signature[] calldata signatures) external {
        State memory state = _state;
        if (state.frozen) revert CheckpointAnchorFrozen();
        if (size <= state.latestSize) revert CheckpointAnchorSizeNotGrowing(state.latestSize);
        if (root == 0) revert CheckpointAnchorZeroRoot();
        _requireQuorum(state, _checkpointDigest(size, root), signatures);
        bool grown = state.latestSize == 0
            ? proof.length == 0
            : proof.verifyConsistency(state.latestSize, rootAt[state.latestSize], size, root);
        if (!grown) revert CheckpointAnchorInconsistent();

        rootAt[size] = root;
        _state.latestSize = size;

        emit Anchored(size, root);
    }

    /// @inheritdoc ICheckpointAnchor
    function freezeByFork(
        uint64 size,
        bytes32 rootA,
        Signature[] calldata signaturesA,
        bytes32 rootB,
        Signature[] calldata signaturesB
    ) external {
        State memory state = _state;
        if (state.frozen) revert CheckpointAnchorFrozen();
        if (rootA == rootB) revert CheckpointAnchorNoFork();
        _requireQuorum(state, _checkpointDigest(size, rootA), signaturesA);
        _requireQuorum(state, _checkpointDigest(size, rootB), signaturesB);

        _state.frozen = true;

        emit Frozen(size, rootA, signaturesA, rootB, signaturesB);
    }

    /// @inheritdoc ICheckpointAnchor
    function freezeByAnchored(uint64 size, bytes32 root, Signature[] calldata signatures) external {
        State memory state = _state;
        if (state.frozen) revert CheckpointAnchorFrozen();
        bytes32 anchored = rootAt[size];
        if (anchored == 0) revert CheckpointAnchorSizeUnknown(size);
        if (anchored == root) revert CheckpointAnchorNoFork();
        _requireQuorum(state, _checkpointDigest(size, root), signatures);

        _state.frozen = true;

        emit Frozen(size, anchored, new Signature[](0), root, signatures);
    }

    /// @inheritdoc ICheckpointAnchor
    function proposeWitnesses(
        uint64 number,
        address[] calldata witnesses,
        uint64 quorum,
        Signature[] calldata signatures
    ) external {
        State memory state = _state;
        if (state.frozen) revert CheckpointAnchorFrozen();
        if (number != lastNumber + 1) revert CheckpointAnchorNumberWrong(lastNumber + 1);
        _requireWitnessSet(witnesses, quorum);
        bytes32 change =
            keccak256(abi.encode(WITNESS_CHANGE_TYPE, ORIGIN_HASH, number, keccak256(abi.encodePacked(witnesses)), quorum));
        _requireQuorum(state, _hashTypedDataV4(change), signatures);

        uint64 effectiveFrom = uint64(block.timestamp) + changeDelay;
        lastNumber = number;
        _proposal = Proposal(number, quorum, effectiveFrom, witnesses);

        emit WitnessesProposed(number, witnesses, quorum, effectiveFrom);
    }

    /// @inheritdoc ICheckpointAnchor
    function changeWitnesses() external {
        Proposal memory proposal = _proposal;
        if (_state.frozen) revert CheckpointAnchorFrozen();
        if (proposal.number == 0 || block.timestamp < proposal.effectiveFrom) {
            revert CheckpointAnchorNothingDue(proposal.effectiveFrom);
        }

        delete _proposal;
        _putInForce(proposal.number, proposal.witnesses, proposal.quorum);
    }

    /// @inheritdoc ICheckpointAnchor
    function latest() external view returns (uint64 size, bytes32 root) {
        size = _state.latestSize;
        root = rootAt[size];
    }

    /// @inheritdoc ICheckpointAnchor
    function verifyInclusion(uint64 size, uint64 index, bytes32 leafHash, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        bytes32 root = rootAt[size];
        if (root == 0) revert CheckpointAnchorSizeUnknown(size);
        return proof.verifyInclusion(index, size, leafHash, root);
    }

    /// @inheritdoc ICheckpointAnchor
    function frozen() external view returns (bool) {
        return _state.frozen;
    }

    /// @inheritdoc ICheckpointAnchor
    function witnessSet() external view returns (uint64 number, address[] memory witnesses, uint64 quorum) {
        return (_state.setNumber, _witnesses, _state.quorum);
    }

    /// @inheritdoc ICheckpointAnchor
    function proposedSet()
        external
        view
        returns (uint64 number, address[] memory witnesses, uint64 quorum, uint64 effectiveFrom)
    {
        return (_proposal.number, _proposal.witnesses, _proposal.quorum, _proposal.effectiveFrom);
    }

    function _putInForce(uint64 number, address[] memory witnesses, uint64 quorum) private {
        for (uint256 i = 0; i < witnesses.length; ++i) _setOf[witnesses[i]] = number;
        _witnesses = witnesses;
        _state.setNumber = number;
        _state.quorum = quorum;
        emit WitnessesChanged(number, witnesses, quorum);
    }

    function _checkpointDigest(uint64 size, bytes32 root) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CHECKPOINT_TYPE, ORIGIN_HASH, size, root)));
    }

    /// @dev Ascending signers can't count twice, and one signature has one form only.
    function _requireQuorum(State memory state, bytes32 digest, Signature[] calldata signatures) private view {
        if (signatures.length < state.quorum) revert CheckpointAnchorQuorumMissing(state.quorum);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecover(digest, signatures[i].r, signatures[i].vs);
            if (failure != ECDSA.RecoverError.NoError) revert CheckpointAnchorSignatureInvalid(i);
            if (signer <= previous) revert CheckpointAnchorSignersNotAscending(signer);
            if (_setOf[signer] != state.setNumber) revert CheckpointAnchorNotAWitness(signer);
            previous = signer;
        }
    }

    function _requireWitnessSet(address[] memory witnesses, uint64 quorum) private pure {
        if (quorum == 0 || quorum > witnesses.length || witnesses.length > WITNESS_COUNT_MAX) {
            revert CheckpointAnchorQuorumOutOfBounds();
        }
        address previous = address(0);
        for (uint256 i = 0; i < witnesses.length; ++i) {
            if (witnesses[i] <= previous) revert CheckpointAnchorWitnessesNotAscending();
            previous = witnesses[i];
        }
    }
}
