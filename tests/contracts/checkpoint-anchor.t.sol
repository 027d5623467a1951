// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../../contracts/CheckpointAnchor.sol";
import {ICheckpointAnchor} from "../../contracts/ICheckpointAnchor.sol";
import {NaiveTree} from "./naive-tree.sol";
import {SignedLog} from "./signed-log.sol";
import {vm} from "./vm.sol";

contract CheckpointAnchorTest is SignedLog {
    using NaiveTree for bytes32[];

    bytes32[] private none;
    ICheckpointAnchor.Signature[] private nobody;

    function testFuzz_anHonestLogIsAnchoredStepByStep(uint256 seed) public {
        uint64 size = 0;
        while (true) {
            size += 1 + uint64(seed % 9);
            seed /= 9;
            if (size > LEAVES) break;
            bytes32 root = leaves.rootOf(size);
            require(anchor.rootAt(size) == 0);
            anchorHonest(size);
            (uint64 latestSize, bytes32 latestRoot) = anchor.latest();
            require(latestSize == size && latestRoot == root && anchor.rootAt(size) == root);
        }
    }

    function testFuzz_aLogThatRewroteItsPastIsRefused(uint64 from, uint64 size) public {
        from = 1 + from % uint64(LEAVES - 1);
        size = from + 1 + size % (uint64(LEAVES) - from);
        anchorHonest(from);
        bytes32 root = forged.rootOf(size);
        bytes32[] memory proof = forged.consistencyProof(from, size);
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(quorumOf(3), size, root);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorInconsistent.selector));
        anchor.anchor(size, root, proof, signatures);
        (uint64 latestSize,) = anchor.latest();
        require(latestSize == from && anchor.rootAt(size) == 0);
    }

    function testFuzz_aSizeThatDoesNotGrowIsRefused(uint64 from, uint64 size) public {
        from = 1 + from % uint64(LEAVES);
        size %= from + 1;
        anchorHonest(from);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorSizeNotGrowing.selector, from));
        anchor.anchor(size, leaves[0], none, nobody);
    }

    function test_theFirstCheckpointNeedsNoProofAndTakesNone() public {
        bytes32 root = leaves.rootOf(5);
        bytes32[] memory proof = leaves.consistencyProof(2, 5);
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(quorumOf(3), 5, root);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorInconsistent.selector));
        anchor.anchor(5, root, proof, signatures);
        anchorHonest(5);
    }

    function test_aRootOfZerosIsRefused() public {
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(quorumOf(3), 5, 0);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorZeroRoot.selector));
        anchor.anchor(5, 0, none, signatures);
    }

    function testFuzz_anyQuorumWillDoAndNothingLess(uint8 members) public {
        uint256[] memory signers = pick(members);
        bytes32 root = leaves.rootOf(5);
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(signers, 5, root);
        if (signers.length < 3) {
            vm.expectRevert(
                abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumMissing.selector, uint256(3))
            );
        }
        anchor.anchor(5, root, none, signatures);
        require(anchor.rootAt(5) == (signers.length < 3 ? bytes32(0) : root));
    }

    function testFuzz_aSignatureOfOtherWordsIsRefused(uint8 what, bytes32 other) public {
        bytes32 root = leaves.rootOf(5);
        bytes32 separator = domainSeparator(
            what % 5 == 0 ? 1 + uint256(uint64(uint256(other))) : block.chainid,
            what % 5 == 1 ? address(uint160(uint256(other))) : address(anchor)
        );
        if (what % 5 == 0) vm.assume(1 + uint256(uint64(uint256(other))) != block.chainid);
        bytes32 words = checkpointHash(
            what % 5 == 2 ? "tally.example.org/log/harbour" : ORIGIN,
            what % 5 == 3 ? 6 : 5,
            what % 5 == 4 ? other : root
        );
        bytes32 digest = typedDigest(separator, words);
        refuse(root, sign(quorumOf(3), digest));
    }

    function testFuzz_noSignatureCountsTwiceOrForAStranger(uint256 stranger) public {
        bytes32 root = leaves.rootOf(5);
        uint256[] memory signers = quorumOf(3);
        signers[2] = signers[1];
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(signers, 5, root);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICheckpointAnchor.CheckpointAnchorSignersNotAscending.selector, vm.addr(signers[1])
            )
        );
        anchor.anchor(5, root, none, signatures);

        signers[2] = 1000 + stranger % 1_000_000;
        refuse(root, signCheckpoint(signers, 5, root));
    }

    function testFuzz_theOtherFormOfASignatureIsRefused(uint8 position) public {
        bytes32 root = leaves.rootOf(5);
        position %= 3;
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(quorumOf(3), 5, root);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 s = uint256(signatures[position].vs) & (type(uint256).max >> 1);
        uint256 parity = uint256(signatures[position].vs) >> 255;
        // Of an s in the upper half only those below 2^255 can be written in this form at all.
        uint256 upper = (order - s) & (type(uint256).max >> 1);
        signatures[position].vs = bytes32(upper | ((1 - parity) << 255));
        refuse(root, signatures);
        signatures[position].vs = bytes32(type(uint256).max >> 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorSignatureInvalid.selector, uint256(position))
        );
        anchor.anchor(5, root, none, signatures);
    }

    function testFuzz_anEntryIsProvenAgainstTheAnchoredRoot(uint64 size, uint64 index, bytes32 other) public {
        size = 1 + size % uint64(LEAVES);
        index %= size;
        vm.assume(other != leaves[index]);
        anchorHonest(size);
        bytes32[] memory proof = leaves.inclusionProof(index, size);
        require(anchor.verifyInclusion(size, index, leaves[index], proof));
        require(!anchor.verifyInclusion(size, index, other, proof));
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorSizeUnknown.selector, size + 1));
        anchor.verifyInclusion(size + 1, index, leaves[index], proof);
    }

    function testFuzz_twoSignedRootsOfOneSizeFreezeItForGood(uint64 size) public {
        bytes32 rootA = leaves.rootOf(5);
        bytes32 rootB = forged.rootOf(5);
        ICheckpointAnchor.Signature[] memory a = signCheckpoint(quorumOf(3), size, rootA);
        ICheckpointAnchor.Signature[] memory b = signCheckpoint(pick(0x1c), size, rootB);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNoFork.selector));
        anchor.freezeByFork(size, rootA, a, rootA, a);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumMissing.selector, uint256(3)));
        anchor.freezeByFork(size, rootA, a, rootB, nobody);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumMissing.selector, uint256(3)));
        anchor.freezeByFork(size, rootA, nobody, rootB, b);
        require(!anchor.frozen());

        vm.expectEmit();
        emit ICheckpointAnchor.Frozen(size, rootA, a, rootB, b);
        anchor.freezeByFork(size, rootA, a, rootB, b);
        requireFrozen();
    }

    function testFuzz_aSignedRootAgainstTheAnchoredOneFreezesItForGood(uint64 size) public {
        size = 1 + size % uint64(LEAVES);
        anchorHonest(size);
        bytes32 honest = leaves.rootOf(size);
        bytes32 root = forged.rootOf(size);
        ICheckpointAnchor.Signature[] memory again = signCheckpoint(quorumOf(3), size, honest);
        ICheckpointAnchor.Signature[] memory signatures = signCheckpoint(quorumOf(3), size, root);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNoFork.selector));
        anchor.freezeByAnchored(size, honest, again);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorSizeUnknown.selector, size + 1));
        anchor.freezeByAnchored(size + 1, root, signatures);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumMissing.selector, uint256(3)));
        anchor.freezeByAnchored(size, root, nobody);
        require(!anchor.frozen());

        vm.expectEmit();
        emit ICheckpointAnchor.Frozen(size, honest, nobody, root, signatures);
        anchor.freezeByAnchored(size, root, signatures);
        require(anchor.rootAt(size) == honest);
        requireFrozen();
    }

    function testFuzz_otherWitnessesNeedTheOldQuorumAndTheDelay(uint256 wait) public {
        anchorHonest(5);
        uint256[] memory newKeys = ascendingKeys(3, 100);
        address[] memory witnesses = addressesOf(newKeys);
        uint64 due = uint64(block.timestamp) + DELAY;
        ICheckpointAnchor.Signature[] memory signatures = signChange(quorumOf(3), 2, witnesses, 2);
        vm.expectEmit();
        emit ICheckpointAnchor.WitnessesProposed(2, witnesses, 2, due);
        anchor.proposeWitnesses(2, witnesses, 2, signatures);
        (uint64 number, address[] memory waiting, uint64 quorum, uint64 effectiveFrom) = anchor.proposedSet();
        require(number == 2 && waiting.length == 3 && quorum == 2 && effectiveFrom == due);

        // Up to the very last second.
        wait = wait % 4 == 0 ? DELAY - 1 : wait % DELAY;
        vm.warp(block.timestamp + wait);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNothingDue.selector, due));
        anchor.changeWitnesses();
        anchorHonest(6);

        vm.warp(due);
        vm.expectEmit();
        emit ICheckpointAnchor.WitnessesChanged(2, witnesses, 2);
        anchor.changeWitnesses();
        (number, waiting, quorum) = anchor.witnessSet();
        require(number == 2 && waiting.length == 3 && waiting[0] == witnesses[0] && quorum == 2);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNothingDue.selector, uint64(0)));
        anchor.changeWitnesses();

        bytes32 root = leaves.rootOf(7);
        bytes32[] memory proof = leaves.consistencyProof(6, 7);
        ICheckpointAnchor.Signature[] memory old = signCheckpoint(quorumOf(3), 7, root);
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNotAWitness.selector, vm.addr(keys[0]))
        );
        anchor.anchor(7, root, proof, old);
        uint256[] memory two = new uint256[](2);
        (two[0], two[1]) = (newKeys[0], newKeys[2]);
        anchor.anchor(7, root, proof, signCheckpoint(two, 7, root));
    }

    function test_aChangeCanNeitherBePlayedAgainNorSkipped() public {
        address[] memory witnesses = addressesOf(ascendingKeys(3, 100));
        ICheckpointAnchor.Signature[] memory signatures = signChange(quorumOf(3), 3, witnesses, 2);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNumberWrong.selector, uint64(2)));
        anchor.proposeWitnesses(3, witnesses, 2, signatures);
        // Played as number 2 the same signatures are somebody else's.
        (bool done,) =
            address(anchor).call(abi.encodeCall(anchor.proposeWitnesses, (2, witnesses, 2, signatures)));
        require(!done);

        signatures = signChange(quorumOf(3), 2, witnesses, 2);
        anchor.proposeWitnesses(2, witnesses, 2, signatures);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNumberWrong.selector, uint64(3)));
        anchor.proposeWitnesses(2, witnesses, 2, signatures);

        // The next one takes the place of the one that waits, and waits anew.
        vm.warp(block.timestamp + DELAY);
        address[] memory same = addressesOf(keys);
        anchor.proposeWitnesses(3, same, 3, signChange(quorumOf(3), 3, same, 3));
        uint64 due = uint64(block.timestamp) + DELAY;
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorNothingDue.selector, due));
        anchor.changeWitnesses();
        require(anchor.lastNumber() == 3);
    }

    function test_aSetOfWitnessesIsInBoundsAndInOrder() public {
        address[] memory witnesses = addressesOf(keys);
        bytes memory bounds =
            abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumOutOfBounds.selector);
        bytes memory order =
            abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorWitnessesNotAscending.selector);
        vm.expectRevert(bounds);
        anchor.proposeWitnesses(2, witnesses, 0, nobody);
        vm.expectRevert(bounds);
        anchor.proposeWitnesses(2, witnesses, 6, nobody);
        vm.expectRevert(bounds);
        anchor.proposeWitnesses(2, new address[](65), 1, nobody);
        vm.expectRevert(order);
        anchor.proposeWitnesses(2, new address[](2), 1, nobody);
        witnesses[2] = witnesses[1];
        vm.expectRevert(order);
        anchor.proposeWitnesses(2, witnesses, 3, nobody);
        vm.expectRevert(order);
        new CheckpointAnchor(ORIGIN, witnesses, 3, DELAY);
    }

    function test_oneWitnessIsASetAndAnother() public {
        uint256[] memory key = ascendingKeys(1, 300);
        address[] memory witness = addressesOf(key);
        anchor.proposeWitnesses(2, witness, 1, signChange(quorumOf(3), 2, witness, 1));
        vm.warp(block.timestamp + DELAY);
        anchor.changeWitnesses();
        bytes32 root = leaves.rootOf(5);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorQuorumMissing.selector, uint256(1)));
        anchor.anchor(5, root, none, nobody);
        anchor.anchor(5, root, none, signCheckpoint(key, 5, root));
        require(anchor.rootAt(5) == root);
    }

    function test_anAnchorIsMadeForAnOriginWithADelayOf1To90Days() public {
        address[] memory witnesses = addressesOf(keys);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorOriginEmpty.selector));
        new CheckpointAnchor("", witnesses, 3, DELAY);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorDelayTooLong.selector));
        new CheckpointAnchor(ORIGIN, witnesses, 3, 90 days + 1);
        require(new CheckpointAnchor(ORIGIN, witnesses, 3, 90 days).changeDelay() == 90 days);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorDelayTooShort.selector));
        new CheckpointAnchor(ORIGIN, witnesses, 3, 1 days - 1);
        CheckpointAnchor made = new CheckpointAnchor(ORIGIN, witnesses, 3, 1 days);
        require(keccak256(bytes(made.origin())) == keccak256(bytes(ORIGIN)) && made.changeDelay() == 1 days);
        (uint64 size, bytes32 root) = made.latest();
        require(size == 0 && root == 0 && made.lastNumber() == 1 && !made.frozen());
    }

    function refuse(bytes32 root, ICheckpointAnchor.Signature[] memory signatures) private {
        (bool done,) = address(anchor).call(abi.encodeCall(anchor.anchor, (5, root, none, signatures)));
        require(!done && anchor.rootAt(5) == 0, "accepted");
    }

    function requireFrozen() private {
        require(anchor.frozen());
        bytes memory isFrozen = abi.encodeWithSelector(ICheckpointAnchor.CheckpointAnchorFrozen.selector);
        vm.expectRevert(isFrozen);
        anchor.anchor(LEAVES_AND_MORE, leaves[0], none, nobody);
        vm.expectRevert(isFrozen);
        anchor.freezeByFork(1, leaves[0], nobody, leaves[1], nobody);
        vm.expectRevert(isFrozen);
        anchor.freezeByAnchored(1, leaves[0], nobody);
        vm.expectRevert(isFrozen);
        anchor.proposeWitnesses(2, new address[](0), 1, nobody);
        vm.expectRevert(isFrozen);
        anchor.changeWitnesses();
    }

    uint64 private constant LEAVES_AND_MORE = 1000;

    /// The witnesses whose bits are set.
    function pick(uint8 members) private view returns (uint256[] memory some) {
        uint256 count = 0;
        for (uint256 i = 0; i < 5; ++i) count += (members >> i) & 1;
        some = new uint256[](count);
        uint256 next = 0;
        for (uint256 i = 0; i < 5; ++i) if ((members >> i) & 1 == 1) some[next++] = keys[i];
    }
}
